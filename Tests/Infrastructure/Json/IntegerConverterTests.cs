using System.Net;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Json;

public sealed class IntegerConverterTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("50", 50)]
    [InlineData("50.0", 50)]
    [InlineData("50.000000000000000000000000000000000000", 50)]
    [InlineData("5e1", 50)]
    [InlineData("0.5E+2", 50)]
    [InlineData("500e-1", 50)]
    [InlineData("-7.0", -7)]
    [InlineData("-0.0", 0)]
    [InlineData("0e5", 0)]
    [InlineData("9223372036854775807.0", long.MaxValue)]
    [InlineData("-9223372036854775808.0", long.MinValue)]
    public void A_number_without_a_fraction_is_an_integer(string json, long expected)
    {
        JsonSerializer.Deserialize<long>(json, JsonConventions.Strict).Should().Be(expected);
        JsonSerializer.Deserialize<long?>(json, JsonConventions.Lenient).Should().Be(expected);
    }

    [Theory]
    [InlineData("50.5")]
    [InlineData("5e-1")]
    [InlineData("50.00000000000000000000000000000000000001")]
    [InlineData("9223372036854775808.0")]
    [InlineData("1e19")]
    [InlineData("1e999999999999")]
    [InlineData("\"50\"")]
    [InlineData("true")]
    public void Anything_else_is_none(string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize<long>(json, JsonConventions.Strict))
            .Should().Throw<JsonException>().WithMessage("Must be a whole number*");

    [Fact]
    public async Task Bodies_of_every_surface_take_them()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var n = person.Id.Number();

        (await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", """{"seat_limit": 50.0}""")).Data())
            .GetProperty("seat_limit").GetRawText().Should().Be("50");
        await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", """{"seat_limit": 50.5}"""))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        await (await tenant.Client.PutJson($"/v1/service-lines/{line.Id}/health", """{"score": 50.0}""")).Data();
        (await tenant.Client.PostJson(
            $"/v1/workspace/{workspace.Id.Number()}/member", $$"""{"user_id": {{n}}.0, "role": "guest"}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PostJson(
            $"/v1/workspace/{workspace.Id.Number()}/member", $$"""{"user_id": {{n}}.5, "role": "guest"}"""))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "validation");
        (await tenant.Client.PutJson($"/api/v4/workspace_users/{n}", """{"workspace_role_id": 3.0}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        (await tenant.Client.PutJson($"/api/v4/workspace_users/{n}", """{"workspace_role_id": 2.5}""")).StatusCode
            .Should().Be(HttpStatusCode.UnprocessableEntity);
    }
}
