using System.Net;
using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Infrastructure.Domain;

public sealed class CurrenciesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("EUR", true)]
    [InlineData("XCG", true)]
    [InlineData("ZWG", true)]
    [InlineData("ZZZ", false)]
    [InlineData("DEM", false)]
    [InlineData("HRK", false)]
    [InlineData("BGN", false)]
    [InlineData("usd", false)]
    [InlineData("", false)]
    public async Task The_default_currency_is_a_current_code(string code, bool isTaken)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var settings = new { settings = new { default_currency = code } };
        var made = new { organization_id = tenant.Id, name = "Paid", settings = settings.settings };

        var created = await tenant.Client.PostJson("/v1/workspaces", made);
        var changed = await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", settings);

        if (isTaken)
        {
            (await created.Data(HttpStatusCode.Created)).GetProperty("currency").GetString().Should().Be(code);
            (await changed.Data()).GetProperty("currency").GetString().Should().Be(code);
            return;
        }

        foreach (var refused in new[] { created, changed })
        {
            var problem = await refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
            problem.GetProperty("errors")[0].GetProperty("pointer").GetString()
                .Should().Be("/settings/default_currency");
        }
    }

    [Fact]
    public async Task One_that_was_taken_before_stays_until_it_is_changed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.ArrangeAsync(
            "UPDATE workspaces SET currency = 'ZZZ', settings = '{\"default_currency\":\"ZZZ\"}' WHERE code = @Id",
            new { workspace.Id });

        var changed = await service.Do(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(), workspace.Id, new() { Settings = new(new() { ["theme"] = "dark" }) }));

        changed.Value.Currency.Should().Be("ZZZ");
    }
}
