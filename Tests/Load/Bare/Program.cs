using System.Text.Json;

// What ASP.NET Core itself costs: a minimal API that answers a JSON constant. The measure for the rest.
// As long as a workspace.
var answer = JsonSerializer.Serialize(new
{
    data = new
    {
        id = "WS-26-000021",
        organization_id = "ORG-26-090500",
        name = "Platform Engineering",
        slug = "platform-engineering",
        type = "private",
        description = (string?)null,
        status = "active",
        member_count = 14,
        active_service_lines = 6,
        health_score = 87,
        cost_mtd = 142650.00m,
        currency = "USD",
        created_at = "2024-03-15T10:00:00Z",
        updated_at = "2026-04-01T09:00:00Z",
        settings = new { default_currency = "USD", require_task_service_line = true },
        seat_limit = (int?)null,
    },
});

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();

var app = builder.Build();
app.MapGet("/", () => TypedResults.Text(answer, "application/json"));

// A receiver of webhooks, which counts what it is sent.
var received = 0L;
app.MapPost("/{**path}", (HttpRequest request) =>
{
    Interlocked.Increment(ref received);
    return TypedResults.NoContent();
});
app.MapGet("/count", () => Interlocked.Read(ref received));
app.Run();
