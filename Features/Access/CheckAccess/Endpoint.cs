using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Access;

/// <summary>Tells of many people at once whether their effective roles rank at least as high as given ones.</summary>
public static partial class CheckAccess
{
    public sealed record Body(IReadOnlyList<Check>? Checks);

    public sealed record Check(string? WorkspaceId, string? UserId, string? Role);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/access/check", Post)
                .WithName(nameof(CheckAccess)).WithTags("Access").WithSummary("Check access, up to 100 at once");

        private static async Task<NativeValue<IReadOnlyList<AccessObject>>> Post(
            Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller, body.Checks), ct));
    }
}
