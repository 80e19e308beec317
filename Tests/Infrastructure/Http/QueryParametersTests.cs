using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
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
    public async Task Text_that_no_database_can_store_is_refused_on_every_surface()
    {
        var walk = await RouteWalk.FillAsync(service);
        var asked = 0;
        foreach (var (endpoint, method) in RouteWalk.Routes(service).Where(route => route.Method == "GET"))
        {
            var path = walk.Url(endpoint, method).Split('?')[0];
            foreach (var name in TextsOf(endpoint))
            {
                foreach (var client in new[] { walk.Client(endpoint, method), service.Root })
                {
                    var answer = await client.GetAsync($"{path}?{name}=a%00b");

                    ((int)answer.StatusCode).Should().BeInRange(400, 499, $"{path} has no such {name}");
                    asked++;
                }
            }
        }

        asked.Should().BeGreaterThan(100);
    }

    [Theory]
    [InlineData("/console/webhooks?organization_id={0}&workspace_id=%00")]
    [InlineData("/console/service-lines?organization_id={0}&workspace_id=a%00b")]
    [InlineData("/console/audit-logs?organization_id={0}&workspace_id=%00")]
    [InlineData("/console/search?q=%00")]
    public async Task The_console_says_so_on_a_page(string address)
    {
        var tenant = await service.NewTenantAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await visitor.GoAsync(string.Format(null, address, tenant.Id));

        visitor.Status.Should().Be(HttpStatusCode.BadRequest);
        visitor.Text.Should().Contain("without NUL");
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

    private static IEnumerable<string> TextsOf(RouteEndpoint endpoint) =>
        from parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
        where parameter.ParameterInfo.ParameterType == typeof(string)
            && !parameter.ParameterInfo.IsDefined(typeof(FromHeaderAttribute), inherit: false)
            && endpoint.RoutePattern.GetParameter(parameter.Name) is null
        select parameter.ParameterInfo.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name;
}
