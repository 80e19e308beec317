namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>The command line is understood as a whole, or one line says what is wrong with it.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'--dmeo'", "--dmeo")]
    [InlineData("'dmeo'", "dmeo")]
    [InlineData("'[suggest]'", "[suggest]")]
    [InlineData("'@file'", "@file")]
    [InlineData("--urls needs a value: --urls=…", "--urls")]
    [InlineData("--urls needs a value: --urls=…", "verify", "--urls", "--healthcheck")]
    [InlineData("'FILE' missing", "backup")]
    [InlineData("FILE is empty", "backup", "")]
    [InlineData("'two'", "backup", "one", "two")]
    [InlineData("'--force'", "backup", "one", "--force")]
    [InlineData("'FILE' missing", "restore", "--force")]
    [InlineData("'one'", "verify", "one")]
    [InlineData("'one'", "demo", "one")]
    [InlineData("'--demo'", "verify", "--demo")]
    [InlineData("'one'", "healthcheck", "one")]
    [InlineData("'--to' is required", "copy", "--from", "Data Source=one.db")]
    [InlineData("'--from' is required", "copy", "--to", "Host=localhost")]
    [InlineData("'--from'", "copy", "--to", "Host=localhost", "--from")]
    [InlineData("'maybe'", "--demo=maybe")]
    public async Task What_is_wrong_with_it_is_one_line_and_exit_code_2(string reason, params string[] args)
    {
        var ended = await ServiceProcess.CommandAsync(args);

        ended.ShouldBeRefused(reason, exitCode: 2);
        ended.Errors[0].Should().StartWith("WorkspaceService: ");
        ended.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("backup", "--help")]
    public async Task Help_lists_commands_options_and_settings(params string[] args)
    {
        var help = await ServiceProcess.CommandAsync(args);

        help.ShouldSucceed();
        var text = string.Join('\n', help.Output);
        text.Should().ContainAll(
            "--ConnectionStrings:Workspaces", "--Bootstrap:RootKey", "--Limits:", "--Cors:Origins",
            "--Telemetry:Otlp", "--urls");
        text.Should().ContainAll(
            args.Length > 1
                ? ["backup <FILE>"]
                :
                [
                    "backup <FILE>", "restore <FILE>", "  verify ", "  copy ", "  healthcheck ", "  demo ", "--demo",
                    "--healthcheck",
                ]);
    }

    [Theory]
    [InlineData("--ConnectionStrings:Workspaces", "Data Source=/no/where.db", "verify")]
    [InlineData("verify", "--ConnectionStrings:Workspaces=Data Source=/no/where.db")]
    [InlineData("verify", "--connectionstrings:workspaces", "Data Source=/no/where.db")]
    public async Task Settings_stand_before_or_behind_a_command(params string[] args) =>
        (await ServiceProcess.CommandAsync(args)).ShouldBeRefused("verify: There is no file /no/where.db.");

    [Fact]
    public async Task A_wrong_setting_is_named_by_a_command_too() =>
        (await ServiceProcess.CommandAsync("verify", "--Limits:RequestsPerMinute=many"))
            .ShouldBeRefused("verify: Limits:RequestsPerMinute is 'many'");

    [Fact]
    public async Task The_health_check_is_a_command_too()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);

        (await ServiceProcess.CommandAsync("healthcheck", $"--urls={service.Address}")).ShouldSucceed();

        service.Terminate();
        await service.EndAsync();
        (await ServiceProcess.CommandAsync("healthcheck", $"--urls={service.Address}"))
            .ShouldBeRefused("/readyz does not answer");
    }

    [Fact]
    public async Task Demo_loads_the_demo_into_an_empty_database_and_starts_nothing()
    {
        await using var database = await TestDatabase.NewAsync();

        var demo = await ServiceProcess.CommandAsync(database, "demo", "--urls=http://+:8123");

        demo.ShouldSucceed();
        demo.Output.Should().Contain(line => line.StartsWith("Root key, shown this once: root_key_"))
            .And.Contain(line => line.StartsWith("Apex Digital (ORG-26-090500) is loaded."));
        demo.Output.Where(line => line.Contains("curl")).Should().NotBeEmpty()
            .And.OnlyContain(line => line.Contains("http://localhost:8123/"));
        var key = demo.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(words => words is ["user", ..])[1];

        (await ServiceProcess.CommandAsync(database, "demo"))
            .ShouldBeRefused("demo: The database is not empty, so no demo was loaded into it");
        await using var service = await ServiceProcess.ListeningAsync(database);
        (await service.Client(key).GetAsync("/v1/workspaces/WS-26-000021")).IsSuccessStatusCode.Should().BeTrue();
    }
}
