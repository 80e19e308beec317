using System.Text;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Operation;

/// <summary>
/// Fills an empty database with organizations to try the service on. It does so as a client would, by the commands of
/// other slices, and is the one slice that names them; being a slice it can be removed like one.
/// </summary>
public static partial class LoadDemo
{
    private sealed class Argument : IArgument
    {
        public string Name => "--demo";

        public async Task<Func<string, string>> FollowAsync(IServiceProvider services)
        {
            var outcome = await services.GetRequiredService<IMediator>().Send(new Command());

            return outcome.Match<Func<string, string>>(
                loaded => address => Say(loaded, address), fault => _ => fault.Message);
        }

        private static string Say(Response loaded, string address)
        {
            var text = new StringBuilder();
            foreach (var organization in loaded.Organizations)
            {
                text.AppendLine()
                    .Append(null, $"{organization.Name} ({organization.Id}) is loaded. ")
                    .AppendLine("Keys, shown this once, beside the root key:");
                foreach (var key in organization.Keys)
                {
                    text.AppendLine(null, $"  {key.Type,-12} {key.Text}  {key.StandsFor}");
                }

                if (organization.Tries.Count > 0)
                {
                    text.AppendLine("Try:");
                }

                foreach (var path in organization.Tries)
                {
                    var authorization = $"Authorization: Bearer {organization.Keys[0].Text}";
                    text.AppendLine(null, $"  curl -H '{authorization}' '{address}{path}'");
                }
            }

            return text.ToString();
        }
    }
}
