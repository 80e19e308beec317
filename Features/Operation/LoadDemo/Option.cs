using System.Text;
using MediatR;
using WorkspaceService.Infrastructure.Hosting;

namespace WorkspaceService.Features.Operation;

/// <summary>
/// Fills an empty database with organizations to try the service on. It does so as a client would, by the commands of
/// other slices, and is the one slice that names them; being a slice it can be removed like one.
/// </summary>
public static partial class LoadDemo
{
    private sealed class Option : ICommandLineOption
    {
        public string Name => "--demo";

        public async Task<Func<string, string>> RunAsync(IServiceProvider services)
        {
            var outcome = await services.GetRequiredService<IMediator>().Send(new Command());

            return outcome.Match<Func<string, string>>(
                loaded => address => Format(loaded, address), fault => _ => fault.Message);
        }

        private static string Format(Response loaded, string address)
        {
            var text = new StringBuilder();
            foreach (var organization in loaded.Organizations)
            {
                text.AppendLine().AppendLine(
                    null,
                    $"{organization.Name} ({organization.Id}) is loaded. Keys, shown this once, beside the root key:");
                foreach (var key in organization.Keys)
                {
                    text.AppendLine(null, $"  {key.Type,-12} {key.Text}  {key.Description}");
                }

                if (organization.SamplePaths.Count > 0)
                {
                    text.AppendLine("Try:");
                }

                foreach (var path in organization.SamplePaths)
                {
                    text.AppendLine(
                        null, $"  curl -H 'Authorization: Bearer {organization.Keys[0].Text}' '{address}{path}'");
                }
            }

            return text.ToString();
        }
    }
}
