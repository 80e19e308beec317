using System.Reflection;
using FluentValidation;
using MediatR;

namespace WorkspaceService.Infrastructure.Pipeline;

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
    /// <summary>A mediator whose handlers take the time from <paramref name="clock"/>, and everything else from <paramref name="services"/>.</summary>
    public static IMediator MediatorAt(this IServiceProvider services, TimeProvider clock) => new Mediator(new AtAnotherTime(services, clock).GetService!);

    private sealed class AtAnotherTime(IServiceProvider services, TimeProvider clock) : IServiceProvider
    {
        public object? GetService(Type serviceType)
        {
            if (serviceType == typeof(TimeProvider))
            {
                return clock;
            }

            var service = services.GetService(serviceType);
            return serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(IRequestHandler<,>) && service is not null
                ? ActivatorUtilities.CreateInstance(this, service.GetType())
                : service;
        }
    }
}
