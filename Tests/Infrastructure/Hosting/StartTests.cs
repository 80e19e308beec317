using System.Net;
using System.Net.Sockets;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>What cannot be used stops the start: one line on standard error, nothing else, and exit code 1.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("Limits:RequestsPerMinute is 'many'; it must be a whole number", "--Limits:RequestsPerMinute=many")]
    [InlineData("Audit:RetainRefusals is 'ever'; it must be days from 1 to 36500", "--Audit:RetainRefusals=ever")]
    [InlineData("Audit:RetainRefusals is '0'; it must be days from 1 to 36500", "--Audit:RetainRefusals=0")]
    [InlineData("Audit:Retain is no setting of this service", "--Audit:Retain=5")]
    [InlineData("Limits:RequestPerMinute is no setting of this service", "--Limits:RequestPerMinute=5")]
    [InlineData(
        "Bootstrap:RootKey must be root_key_ and at least 32 more characters", "--Bootstrap:RootKey=root_key_short")]
    [InlineData("Cors:Origins has 'app.example.com'; an origin is written as", "--Cors:Origins=app.example.com")]
    [InlineData("Cors:Origin is no setting of this service", "--Cors:Origin=https://app.example.com")]
    [InlineData("ConnectionStrings:Workspaces is missing", "--ConnectionStrings:Workspaces=")]
    [InlineData("ConnectionStrings:Workspaces cannot be used", "--ConnectionStrings:Workspaces=nonsense")]
    [InlineData("ConnectionStrings:Workspaces cannot be used", "--ConnectionStrings:Workspaces=Cache=Shared")]
    [InlineData("cannot be opened", "--ConnectionStrings:Workspaces=Data Source=/dev/null/no/folder.db")]
    [InlineData(
        "cannot be opened: Failed to connect", "--ConnectionStrings:Workspaces=Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("Telemetry:Otlp is no address; it must be http or https", "--Telemetry:Otlp=localhost:4317")]
    [InlineData("Telemetry:Otlp is no address", "--Telemetry:Otlp=nonsense")]
    [InlineData("Telemetry:Endpoint is no setting of this service", "--Telemetry:Endpoint=http://localhost:4317")]
    [InlineData("Serilog cannot be configured: The value Loud", "--Serilog:MinimumLevel=Loud")]
    [InlineData(
        "Serilog cannot be configured: Unable to find a method called Nowhere", "--Serilog:WriteTo:0:Name=Nowhere")]
    public async Task A_wrong_setting_is_named(string reason, string argument) => await ShouldRefuse(reason, argument);

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        await ShouldRefuse(
            $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}: address already in use",
            $"--urls=http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");
        await ShouldRefuse("Invalid url: 'nonsense'", "--urls=nonsense");
        await ShouldRefuse("it cannot listen", "--urls=http://localhost:99999");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 4096));
        try
        {
            await ShouldRefuse("file is not a database", $"--ConnectionStrings:Workspaces=Data Source={file}");
            (await File.ReadAllTextAsync(file)).Should().Be(new string('x', 4096));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_first_start_shows_the_root_key_once_and_it_opens_everything()
    {
        await using var database = await TestDatabase.NewAsync();
        string key;
        await using (var first = await ServiceProcess.ListeningAsync(database, "--Bootstrap:RootKey="))
        {
            key = first.Output.Split("Root key, shown this once: ")[1].Split('\n')[0];
            (await first.Client(key).PostJson("/v1/users", new { name = "Ada", email = "ada@example.com" })).StatusCode
                .Should().Be(HttpStatusCode.Created);
            first.Terminate();
            (await first.EndAsync()).Should().Be(0);
        }

        await using var second = await ServiceProcess.ListeningAsync(database, "--Bootstrap:RootKey=");
        second.Output.Should().NotContain("Root key").And.NotContain(key);
        (await second.Client(key).PostJson("/v1/users", new { name = "Ada", email = "ada@example.com" })).StatusCode
            .Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_health_check_is_0_while_the_service_is_ready_and_1_otherwise()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var client = service.Client();

        (await client.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await HealthCheckAsync(service.Address)).Should().Be(0);
        (await HealthCheckAsync(service.Address.Replace("127.0.0.1", "+", StringComparison.Ordinal)))
            .Should().Be(0, "a wildcard means this machine too");

        service.Terminate();
        await service.EndAsync();
        (await HealthCheckAsync(service.Address)).Should().Be(1);
    }

    private static async Task<int> HealthCheckAsync(string address)
    {
        await using var check = ServiceProcess.Run(["--healthcheck", $"--urls={address}"]);
        return await check.EndAsync();
    }

    private static async Task ShouldRefuse(string reason, string argument)
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = ServiceProcess.Run(
        [
            $"--ConnectionStrings:Workspaces={database.ConnectionString}", "--urls=http://127.0.0.1:0",
            $"--Bootstrap:RootKey={ServiceProcess.RootKey}", argument,
        ]);

        (await service.EndAsync()).Should().Be(1);
        service.Errors.Trim().Split('\n')
            .Should().ContainSingle().Which.Should().StartWith("WorkspaceService cannot start: ").And.Contain(reason);
        service.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_root_key_is_taken_as_it_is_whatever_characters_it_has()
    {
        const string key = "root_key_0123456789,0123456789;0123456789\"x";
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database, $"--Bootstrap:RootKey={key}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");

        (await service.Client(key: null).SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
