// What ASP.NET Core itself costs: a minimal API that answers a JSON constant as long as a workspace. The measure for
// the rest.
const string workspace =
    """{"data":{"id":"WS-26-000021","organization_id":"ORG-26-090500","name":"Platform Engineering","""
    + """"slug":"platform-engineering","type":"private","description":null,"status":"active","member_count":14,"""
    + """"active_service_lines":6,"health_score":87,"cost_mtd":142650.00,"currency":"USD","""
    + """"created_at":"2024-03-15T10:00:00Z","updated_at":"2026-04-01T09:00:00Z","""
    + """"settings":{"default_currency":"USD","require_task_service_line":true},"seat_limit":null}}""";

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();

var app = builder.Build();
app.MapGet("/", () => TypedResults.Text(workspace, "application/json"));
app.Run();
