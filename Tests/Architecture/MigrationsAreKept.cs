using System.Security.Cryptography;
using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Architecture;

/// <summary>
/// A released migration has been applied to somebody's data, so it is never edited: each file has the text that it was
/// released with. What has to change is one more file, with a line here.
/// </summary>
public sealed class MigrationsAreKept
{
    private static readonly Dictionary<string, string> Released = new()
    {
        ["0001_core.postgres.sql"] = "00b06248baa84fe6393fd64ab1c7de915b2fdb7b0cfb455c91496aa307b17567",
        ["0001_core.sql"] = "88bc72d3ad3d1b6a93c706ffbe9d094fd8c28a9b1075b251ff43fd18a42cae7b",
        ["0003_workspaces.sql"] = "a6047e853461c4e53cb864125816a84e8e345b4940ae0ce0efcc7ab53a04473a",
        ["0004_service_lines.sql"] = "42d2291f23c1feec6fb1d2aeb4356dac85008353d90a80f6c31e5cfb5b667f37",
        ["0005_admins.sql"] = "99235d0392a045298950a0a760ab705f772b35946e9eab1c3536e43f76ebb3b2",
        ["0006_metering_and_integrations.sql"] = "685b7f27d3517de1cfdfb8764c3a53fc00a4d2edc912e16c916c0ea8b331a3b3",
        ["0008_default_workspaces.postgres.sql"] = "ce1e120fe5a8e956c1b1e212cceb7eca4bfb765e836c021e39c870a715388f99",
        ["0008_default_workspaces.sql"] = "9f2ab28fa4b2eaa34d8d9a9180ea9ff7aacf9b8b5b278293b840cb04add07475",
        ["0009_idempotency_keys.sql"] = "a47acaf84fbe27019b0045545dd1ea3278976357f7d226249676620624ae1147",
        ["0010_workspace_roles.sql"] = "ffbf22af7c869326b852b89a54c1b49528a47ffa08fd630acb43530a397ecaad",
        ["0011_managed_users.sql"] = "88983f28aefa456c30f96698fefbe4627d2e2c6b42a85582c91ee4bc2f04750b",
        ["0012_deactivated_owners.sql"] = "2d0406b5450498f3e7189020e4c6a7f23a97d1534d3a7247ab8e2761410809b6",
        ["0013_no_integration_secrets.sql"] = "c42de7bc2e512ae26d2191edb5c91b77a63606ec9cb2a43f52dee7b6677a3409",
        ["0014_search_text.sql"] = "4646eee577bbc97854a3edc42f19807a9b009f0a8f032922fab9386378812e3d",
        ["0015_idempotency_scopes.sql"] = "b74437c0c560770c88af4120662a38a8d320ae90b3d0145303d74f3d9ce98224",
        ["0016_event_filters.sql"] = "9596419235129d3ec3dd85518bf66166122bc02f2f957f0ef2f6eb6ed879f823",
        ["0017_row_changes.postgres.sql"] = "9a1e1b28a5a9c71b16af28749867f182b7a97193f337dbc4777bce9ad6d02048",
        ["0018_leases.postgres.sql"] = "5d77c7ba98a213fa943f451bfba7dc2d3caa7c21089f3e09101c03f9a95a8d38",
        ["0019_event_hashes.sql"] = "d12e55a754e501857202dd8e891217de1e0567575c062ecb8ca31ea0c648aab1",
        ["0020_refusals.sql"] = "e7afd3d012a18d82ace08283c7a498e7cf43a557f4862e87a9d07737fe0e3598",
        ["0020_refusals_numbers.postgres.sql"] = "82afe79b7ac7f4b562ea385b1adeff44edf8da239ad691ecaf2b05d990157572",
        ["0021_webhooks.postgres.sql"] = "1d0060bf444521152f53630c43695dc11b4c687bf64d913b9d5e0d9e9561fbc6",
        ["0021_webhooks.sql"] = "e12b3f00bff6b5577a49bfc668116a00f2bf9a752d7e9038296d3ebf86eb5a08",
        ["0022_fewer_event_indexes.sql"] = "c47d6527e90ec984eb6936d3aa6ba36ba38d1e4730672b21f46cc27e3dcb0284",
        ["0023_sealing_keys.sql"] = "8611482fea7dceaf82cd22b5a84b89fca8558da99e2c05e3dd42f76ced73122f",
    };

    [Fact]
    public void Each_has_the_text_that_it_was_released_with()
    {
        var files = Directory.GetFiles(Path.Combine(Source.Root, "Infrastructure/Database/Migrations"), "*.sql");
        files.Should().HaveCountGreaterThan(8);

        var hashes = files.ToDictionary(
            file => Path.GetFileName(file), file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));

        hashes.Should().BeEquivalentTo(Released);
    }

    [Fact]
    public void One_in_code_has_the_name_that_it_was_released_with() =>
        Migrator.CodeMigrations.Select(migration => migration.Name)
            .Should().Equal("0013_hide_integration_config", "0014_search_text_filled", "0019_event_hashes_filled");
}
