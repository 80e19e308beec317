using System.Runtime.CompilerServices;

namespace WorkspaceService.Architecture;

/// <summary>The project's own source text: where a rule is about folders and names, the text is the evidence.</summary>
internal static class Source
{
    public static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>The folders of all slices.</summary>
    public static readonly string[] Slices = [.. Directory.GetDirectories(Path.Combine(Root, "Features"))
        .SelectMany(Directory.GetDirectories).Order()];

    /// <summary>All C# files below a folder of the project.</summary>
    public static string[] Files(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories);

    /// <summary>The lines of a file with their numbers, as <c>path:line</c>.</summary>
    public static IEnumerable<(string Where, string Text)> Lines(string file) =>
        File.ReadLines(file).Select((text, index) => ($"{Path.GetRelativePath(Root, file)}:{index + 1}", text));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
