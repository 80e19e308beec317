using System.Globalization;
using System.Text.RegularExpressions;

namespace WorkspaceService.Architecture;

/// <summary>Who may touch what: each rule reads source text and names the line that breaks it.</summary>
public sealed class RoomsAreKept
{
    private static readonly string[] SliceFiles = Source.Files("Features");

    private static readonly string[] InfrastructureFiles = Source.Files("Infrastructure");

    private const string Statement =
        @"""\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b|^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s";

    [Fact]
    public void Resource_folders_hold_slice_folders_and_nothing_else()
    {
        var resources = Directory.GetDirectories(Path.Combine(Source.Root, "Features"));
        resources.Should().NotBeEmpty();
        resources.SelectMany(Directory.GetFiles).Should().BeEmpty();
        Directory.GetFiles(Path.Combine(Source.Root, "Features")).Select(Path.GetFileName)
            .Should().BeEquivalentTo("_Imports.razor");
        Source.Slices.SelectMany(Directory.GetDirectories).Should().BeEmpty();
        Source.Slices.Where(slice => Path.GetFileName(slice) != "LoadDemo").SelectMany(Directory.GetFiles)
            .Select(file => Path.GetFileName(file))
            .Should().OnlyContain(
                file => Regex.IsMatch(file, @"^((Endpoint(\.\w+)?|Handler|Validator|Sql)\.cs|Page\.razor)$"));
        Source.Slices.Where(slice => File.Exists(Path.Combine(slice, "Page.razor")))
            .Should().OnlyContain(slice => File.Exists(Path.Combine(slice, "Endpoint.Console.cs")));
        Source.Slices.Should().OnlyContain(slice =>
            Directory.GetFiles(slice, "Endpoint*.cs").Length > 0 || Path.GetFileName(slice) == "LoadDemo");
    }

    [Fact]
    public void Only_handlers_reach_the_database() =>
        Search(
            SliceFiles.Where(f => !Path.GetFileName(f).StartsWith("Handler", StringComparison.Ordinal)),
            @"\b(ConnectionFactory|TransactAsync|Infrastructure\.Database)\b");

    [Fact]
    public void Handlers_validators_and_sql_know_no_http() =>
        Search(
            SliceFiles.Where(f => !Path.GetFileName(f).StartsWith("Endpoint", StringComparison.Ordinal)),
            @"\b(Microsoft\.AspNetCore|Infrastructure\.Surfaces|HttpContext|StatusCodes|IResult)\b");

    [Fact]
    public void In_slices_sql_stands_in_sql_classes() =>
        Search(SliceFiles.Where(f => Path.GetFileName(f) != "Sql.cs"), Statement);

    [Fact]
    public void Infrastructure_holds_folders_with_one_purpose_and_no_loose_code()
    {
        var folders = Directory.GetDirectories(Path.Combine(Source.Root, "Infrastructure"))
            .Select(Path.GetFileName).ToList();
        folders.Should().HaveCountGreaterThan(5);
        Directory.GetFiles(Path.Combine(Source.Root, "Infrastructure"), "*.cs").Should().BeEmpty();
        folders.Should().NotIntersectWith(Directory.GetDirectories(Path.Combine(Source.Root, "Features")).Select(
            Path.GetFileName));
    }

    [Fact]
    public void In_infrastructure_too_sql_stands_in_sql_classes()
    {
        var files = InfrastructureFiles.Where(f => !f.Contains("/Infrastructure/Database/", StringComparison.Ordinal))
            .ToList();
        var statements = files.SelectMany(file => Source.Lines(file)
            .SkipWhile(line => !line.Text.Contains("static class Sql", StringComparison.Ordinal))
            .Where(line => Regex.IsMatch(line.Text, Statement)));
        statements.Should().HaveCountGreaterThan(30);

        files.SelectMany(file => Source.Lines(file)
                .TakeWhile(line => !line.Text.Contains("static class Sql", StringComparison.Ordinal))
                .Where(line =>
                    !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
                        && Regex.IsMatch(line.Text, Statement)))
            .Select(line => line.Where)
            .Should().BeEmpty();
    }

    [Fact]
    public void The_domain_knows_no_http_no_surface_and_no_hosting() =>
        Search(
            InfrastructureFiles.Where(f => f.Contains("/Infrastructure/Domain/", StringComparison.Ordinal)),
            @"(?<!\.)\b(Http|Surfaces|Hosting)\.|\bInfrastructure\.(Http|Surfaces|Hosting)\b"
            + @"|\b(Microsoft\.AspNetCore|HttpContext|StatusCodes)\b");

    [Fact]
    public void Only_surfaces_know_media_types_and_envelopes() =>
        Search(SliceFiles, @"application/(problem\+)?json|\b(WriteAsJsonAsync|Results|TypedResults)\.");

    [Fact]
    public void Lines_are_as_long_as_the_editor_configuration_says()
    {
        var configuration = File.ReadAllText(Path.Combine(Source.Root, ".editorconfig"));
        var longest = int.Parse(
            Regex.Match(configuration, @"max_line_length = (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        var files = SliceFiles.Concat(InfrastructureFiles).Concat(Source.Files("Tests")).Append(Path.Combine(
            Source.Root, "Program.cs"));

        files.Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(Source.Lines)
            .Where(line => line.Text.Length > longest)
            .Select(line => line.Where)
            .Should().BeEmpty();
    }

    [Fact]
    public void Infrastructure_names_no_feature()
    {
        Search(InfrastructureFiles, @"(?<!\.)\bFeatures\.");
        Search([Path.Combine(Source.Root, "Program.cs")], @"(?<!\.)\bFeatures\.");
    }

    [Fact]
    public void Only_the_database_room_asks_for_the_engine()
    {
        var uses = InfrastructureFiles.Concat(SliceFiles)
            .SelectMany(Source.Lines)
            .Where(line => Regex.IsMatch(line.Text, @"\bIsPostgres\b"))
            .ToLookup(line => line.Where.Contains("Infrastructure/Database/", StringComparison.Ordinal));

        uses[true].Should().NotBeEmpty();
        uses[false].Should().BeEmpty();
    }

    [Fact]
    public void Slices_catch_nothing() => Search(SliceFiles, @"\b(try|catch)\b");

    [Fact]
    public void Surfaces_do_not_name_each_other()
    {
        var surfaces = Directory.GetFiles(Path.Combine(Source.Root, "Infrastructure/Surfaces"), "*Surface.cs")
            .Where(f => Path.GetFileName(f) != "Surface.cs").ToList();
        surfaces.Should().NotBeEmpty();
        foreach (var surface in surfaces)
        {
            var others = surfaces.Where(s => s != surface).Select(Path.GetFileNameWithoutExtension).ToList();
            if (others.Count > 0)
            {
                Search([surface], $@"\b({string.Join('|', others)})\b");
            }
        }
    }

    private static void Search(IEnumerable<string> files, string forbidden)
    {
        var searched = files.ToList();
        searched.Should().NotBeEmpty("a rule that looks at nothing keeps nothing");
        var trespasses = searched.SelectMany(Source.Lines)
            .Where(line =>
                !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
                    && Regex.IsMatch(line.Text, forbidden))
            .Select(line => $"{line.Where} has {Regex.Match(line.Text, forbidden).Value.Trim()}");
        trespasses.Should().BeEmpty();
    }
}
