using System.Reflection;
using FluentValidation;
using MediatR;
using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>Registers MediatR with every handler of this assembly, private slice types included.</summary>
public static class Mediation
{
    public static IServiceCollection AddMediation(this IServiceCollection services)
    {
        services.AddSingleton<ServiceFactory>(provider => provider.GetService!);
        services.AddSingleton<IMediator, Mediator>();
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddValidatorsFromAssembly(
            Assembly.GetExecutingAssembly(), ServiceLifetime.Singleton, includeInternalTypes: true);
        foreach (var type in Assembly.GetExecutingAssembly().DefinedTypes.Where(type => !type.IsAbstract))
        {
            foreach (var contract in type.ImplementedInterfaces.Where(IsHandler))
            {
                services.AddSingleton(contract, type);
            }
        }

        return services;
    }

    /// <summary>A mediator whose handlers use <paramref name="clock"/>.</summary>
    public static IMediator MediatorAt(this IServiceProvider services, TimeProvider clock) =>
        new Mediator(
            new ClockServiceProvider(services, services.GetRequiredService<ConnectionFactory>().At(clock)).GetService!);

    private static bool IsHandler(Type contract) =>
        contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IRequestHandler<,>);

    private sealed class ClockServiceProvider(IServiceProvider services, ConnectionFactory db) : IServiceProvider
    {
        public object? GetService(Type serviceType)
        {
            if (serviceType == typeof(ConnectionFactory))
            {
                return db;
            }

            var service = services.GetService(serviceType);
            return service is not null && IsHandler(serviceType)
                ? ActivatorUtilities.CreateInstance(this, service.GetType())
                : service;
        }
    }
}
