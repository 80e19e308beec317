using System.Reflection;
using FluentValidation;
using MediatR;

namespace WorkspaceService.Infrastructure;

/// <summary>Finds every handler and validator in this assembly, private slice types included.</summary>
public static class Mediation
{
    public static IServiceCollection AddMediation(this IServiceCollection services)
    {
        services.AddSingleton<ServiceFactory>(provider => provider.GetService!);
        services.AddSingleton<IMediator, Mediator>();
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));

        foreach (var type in Assembly.GetExecutingAssembly().DefinedTypes.Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var contract in type.ImplementedInterfaces.Where(i => i.IsGenericType))
            {
                var open = contract.GetGenericTypeDefinition();
                if (open == typeof(IRequestHandler<,>) || open == typeof(IValidator<>))
                {
                    services.AddSingleton(contract, type);
                }
            }
        }

        return services;
    }
}
