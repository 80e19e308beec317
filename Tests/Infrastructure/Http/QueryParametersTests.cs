using System.Net;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

public sealed class QueryParametersTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_parameter_that_an_operation_does_not_have_is_named_on_the_native_surface_alone()
    {
        var walk = await RouteWalk.FillAsync(service);
        var walked = new List<string>();
        foreach (var (endpoint, method) in RouteWalk.Routes(service))
        {
            var url = walk.Url(endpoint, method);
            var asked = $"{url}{(url.Contains('?') ? '&' : '?')}serach=x";
            var isNative = Surface.Of(endpoint.RoutePattern.RawText) is NativeSurface;
            if (!isNative && method != "GET")
            {
                continue;
            }

            var answer = await walk.Client(endpoint, method).SendAsync(new(new HttpMethod(method), asked));

            if (isNative)
            {
                var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
                problem.GetProperty("parameter").GetString().Should().Be("serach");
            }
            else
            {
                answer.StatusCode.Should().Be(HttpStatusCode.OK, asked);
            }

            walked.Add(url);
        }

        walked.Should().HaveCountGreaterThan(60).And.Contain("/api/v4/workspaces").And.Contain("/v1/workspace/org");
    }

    [Theory]
    [InlineData("/v1/workspaces?ORGANIZATION_ID={0}&Limit=5")]
    [InlineData("/v1/events?Organization_Id={0}&LIMIT=5")]
    public async Task Names_are_compared_without_regard_to_case(string url)
    {
        var tenant = await service.NewTenantAsync();

        (await tenant.Client.GetAsync(string.Format(null, url, tenant.Id))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("workspace")]
    [InlineData("caller")]
    [InlineData("mediator")]
    [InlineData("")]
    [InlineData("a[b]")]
    public async Task What_an_endpoint_takes_from_elsewhere_is_no_query_parameter(string name)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/members?{name}=x"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
    }

    [Fact]
    public async Task What_the_caller_may_not_see_stays_404()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await (await stranger.Client.GetAsync($"/v1/workspaces/{workspace.Id}?x=1"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }
}
