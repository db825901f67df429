using System.Text.RegularExpressions;

namespace Adjoint.Tests.Docs;

/// <summary>The library's source files, by what they declare.</summary>
static class Sources
{
    static readonly string Root = Path.GetDirectoryName(Repository.Command.Find("Directory.Packages.props"))!;

    static readonly (string File, string Text)[] Files =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src", "Adjoint"), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("src/Adjoint/obj/", StringComparison.Ordinal) && !f.StartsWith("src/Adjoint/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => (f, File.ReadAllText(Path.Combine(Root, f)))),
    ];

    static readonly ILookup<(string Space, string Name), string> Declarations = Files
        .SelectMany(f => Regex.Matches(f.Text, @"^\s*namespace ([\w.]+)|^\s*(?:public|internal)[\w ]* (?:class|record|struct|interface|enum) (?:struct )?(\w+)", RegexOptions.Multiline)
            .Aggregate((Space: "", Found: Enumerable.Empty<(string, string, string)>()), (state, match) => match.Groups[1].Success
                ? (match.Groups[1].Value, state.Found)
                : (state.Space, state.Found.Append((state.Space, match.Groups[2].Value, f.File)))).Found)
        .ToLookup(d => (d.Item1, d.Item2), d => d.Item3);

    /// <summary>The file, from the repository's folder on, that declares a type, or of several the one that declares a member of it.</summary>
    public static string FileOf(Type type, string? member)
    {
        string[] files = [.. Declarations[(type.Namespace!, type.Name.Split('`')[0])]];
        if (files.Length > 1 && member is not null)
        {
            string written = member == "Part" ? @"this\[" : PhraseUsage.Operators.TryGetValue(member, out string? sign) ? $@"operator {Regex.Escape(sign)}\(" : $@"\b{Regex.Escape(member)}\b";
            return files.FirstOrDefault(f => Regex.IsMatch(Files.First(s => s.File == f).Text, $@"^\s+public .*{written}", RegexOptions.Multiline)) ?? files[0];
        }

        return files.FirstOrDefault() ?? throw new InvalidOperationException($"phrase book: every type is declared in a file, but {type} was not found in one.");
    }
}
