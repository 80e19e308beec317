using System.Net;
using System.Net.Http.Headers;
using System.Text;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces;

public sealed class SeedTapeWithBearerTests(ServiceFixture service) : SeedTapeTests(service, key => new("Bearer", key));

public sealed class SeedTapeWithBasicTests(ServiceFixture service)
    : SeedTapeTests(service, key => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:"))));

/// <summary>
/// The published page of the Tape workspace API, request by request in its order, against its very answers. Its sample
/// of a removal names workspace 100 in one place and 1 in all others; 1 is meant.
/// </summary>
public abstract class SeedTapeTests(ServiceFixture service, Func<string, AuthenticationHeaderValue> credentials)
    : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Every_request_of_the_page_gives_its_answer()
    {
        var client = await PrepareAsync();

        // Create a workspace
        await ShouldBeAsync(
            client.PostJson("/v1/workspace", """
                {
                "name": "Task management",
                "type": "closed",
                "description": "Manage all tasks and projects inside this workspace."
                }
                """),
            """
            {
            "workspace_id": 1,
            "name": "Task management",
            "slug": "task-management",
            "type": "closed",
            "description": "Manage all tasks and projects inside this workspace.",
            "org_id": 1337
            }
            """);
        (await client.PostJson(
            "/v1/workspace",
            """{"name": "Contact directory", "type": "default", "description": "Keep track of our contacts here."}"""))
            .StatusCode.Should().Be(HttpStatusCode.OK);

        // Retrieve workspaces
        await ShouldBeAsync(
            client.GetAsync("/v1/workspace/org"),
            """
            {
            "total": 2,
            "workspaces": [
            {
            "workspace_id": 1,
            "name": "Task management",
            "slug": "task-management",
            "type": "closed",
            "description": "Manage all tasks and projects inside this workspace.",
            "org_id": 1337
            },
            {
            "workspace_id": 2,
            "name": "Contact directory",
            "slug": "contact-directory",
            "type": "default",
            "description": "Keep track of our contacts here.",
            "org_id": 1337
            }
            ]
            }
            """);

        // Update a workspace
        await ShouldBeAsync(
            client.PutJson("/v1/workspace/1", """
                {
                "name": "Task management (NEW)",
                "type": "closed",
                "description": "Manage all tasks and projects inside this NEW workspace."
                }
                """),
            """
            {
            "workspace_id": 1,
            "name": "Task management (NEW)",
            "slug": "task-management-new",
            "type": "closed",
            "description": "Manage all tasks and projects inside this NEW workspace.",
            "org_id": 1337
            }
            """);

        // Retrieve workspace members
        (await client.PostJson("/v1/workspace/1/member", """{"user_id": 10001, "role": "member"}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await ShouldBeAsync(
            client.GetAsync("/v1/workspace/1/member"),
            """
            {
            "workspace_members": [
            {
            "workspace_id": 1,
            "user_id": 10000,
            "role": "admin"
            },
            {
            "workspace_id": 1,
            "user_id": 10001,
            "role": "member"
            }
            ]
            }
            """);

        // Add a workspace member, also one who is there already
        foreach (var role in new[] { "guest", "admin", "admin" })
        {
            await ShouldBeAsync(
                client.PostJson("/v1/workspace/1/member", $$"""{ "user_id": 10002, "role": "{{role}}" }"""),
                $$"""{ "workspace_id": 1, "user_id": 10002, "role": "{{role}}" }""");
        }

        // Remove a workspace member, who continues to exist in the organization
        await ShouldBeAsync(
            client.DeleteAsync("/v1/workspace/1/member/10002"),
            """{ "workspace_id": 1, "user_id": 10002, "role": "admin" }""");
        (await (await client.GetAsync("/v1/org/user")).Json()).GetProperty("users").EnumerateArray()
            .Should().Contain(user => user.GetProperty("user_id").GetInt64() == 10002);

        // Delete a workspace
        var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/workspace/1")
        {
            Content = new StringContent("", Encoding.UTF8, "application/json"),
        };
        await ShouldBeAsync(
            client.SendAsync(request),
            """
            {
            "workspace_id": 1,
            "name": "Task management (NEW)",
            "slug": "task-management-new",
            "type": "closed",
            "description": "Manage all tasks and projects inside this NEW workspace.",
            "org_id": 1337
            }
            """);
        (await (await client.GetAsync("/v1/workspace/org")).Json()).GetProperty("total").GetInt32().Should().Be(1);
    }

    // The organization 1337 of the page, with its users from 10000 on; the client calls as the first of them.
    private async Task<HttpClient> PrepareAsync()
    {
        await service.Db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            await Codes.ContinueAfterAsync(session, Codes.Organization, 1336);
            await Codes.ContinueAfterAsync(session, Codes.User, 9999);
            return Done.It;
        });
        var tenant = await service.NewTenantAsync();
        await tenant.NewMemberAsync();
        await tenant.NewMemberAsync(Roles.Admin);
        tenant.Id.Should().EndWith("-001337");
        tenant.Owner.Id.Should().EndWith("-010000");

        var client = service.Client(null);
        client.DefaultRequestHeaders.Authorization = credentials(tenant.OwnerKey);
        return client;
    }

    // Byte for byte, but for the white space between tokens.
    private static async Task ShouldBeAsync(Task<HttpResponseMessage> request, string expected)
    {
        var response = await request;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, text);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        text.Should().Be(string.Concat(expected.Split('\n').Select(line => line.Trim())).Replace(
            "\": ", "\":", StringComparison.Ordinal)
                .Replace(", \"", ",\"", StringComparison.Ordinal).Replace("{ ", "{", StringComparison.Ordinal)
                .Replace(" }", "}", StringComparison.Ordinal));
    }
}
