using System.Text;
using MediatR;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Pipeline;

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

        public string Description => "Loads a demo into the empty database; prints keys and sample requests.";

        public async Task<Outcome<Func<string, string>>> RunAsync(IServiceProvider services) =>
            (await services.GetRequiredService<IMediator>().Send(new Command()))
                .Then<Func<string, string>>(loaded => (Func<string, string>)(address => Format(loaded, address)));

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
                    text.AppendLine("Work with it in a browser, and sign in with this key:")
                        .AppendLine(null, $"  {address}/console    {organization.Keys[0].Text}")
                        .AppendLine("Try:");
                }

                foreach (var path in organization.SamplePaths)
                {
                    text.AppendLine(
                        null, $"  curl -H 'Authorization: Bearer {organization.Keys[0].Text}' '{address}{path}'");
                }

                if (organization.SamplePaths.Count > 0)
                {
                    text.AppendLine("Follow what happens from now on:").AppendLine(
                        null,
                        $"  curl -N -H 'Authorization: Bearer {organization.Keys[0].Text}' "
                        + $"'{address}/v1/events/stream?organization_id={organization.Id}'");
                }
            }

            return text.ToString();
        }
    }
}
