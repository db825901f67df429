using System.Reflection;
using System.Text.RegularExpressions;
using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.NeverSilentlyWrong;

/// <summary>The page says what happens: every mistake on it is made here and earns the very sentence, and every mistake made here is on it.</summary>
public class PageTests
{
    const BindingFlags Static = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static string Page { get; } = File.ReadAllText(Command.Find("docs/never-silently-wrong.md")).ReplaceLineEndings("\n");

    /// <summary>A section: a heading, what others do, the sentence in a block of code, the name of the method.</summary>
    static IEnumerable<(string Title, string Elsewhere, string Sentence, string Method)> Rows => Page.Split("\n### ").Skip(1).Select(section =>
    {
        Match match = Regex.Match(section, @"^(?<title>[^\n]+)\n(?<elsewhere>.+?)\n```\n(?<sentence>[^\n]+)\n```\nTest: `Mistakes\.(?<method>\w+)`\n", RegexOptions.Singleline);
        Assert.True(match.Success, $"this section has not the form of the others:\n### {section}");
        return (match.Groups["title"].Value, match.Groups["elsewhere"].Value, match.Groups["sentence"].Value, match.Groups["method"].Value);
    });

    public static TheoryData<string> Methods => [.. Rows.Select(r => r.Method)];

    [Theory, MemberData(nameof(Methods))]
    public void A_mistake_of_the_page_earns_its_sentence(string method)
    {
        Assert.Equal(Assert.Single(Rows, r => r.Method == method).Sentence, Normal(Made(method)));
    }

    [Fact]
    public void Every_mistake_is_on_the_page_once()
    {
        string[] made = [.. typeof(Mistakes).GetMethods(Static).Select(m => m.Name)];
        Assert.NotEmpty(made);
        Assert.Equal(made, Rows.Select(r => r.Method));
        Assert.Equal(Rows.Count(), Rows.Select(r => r.Title).Distinct().Count());
        Assert.All(Rows, r => Assert.Contains("PyTorch", r.Elsewhere, StringComparison.Ordinal));
    }

    static string Made(string method)
    {
        MethodInfo mistake = typeof(Mistakes).GetMethod(method, Static) ?? throw new InvalidOperationException($"the page names Mistakes.{method}, which does not exist");
        List<string> said = [];
        using (Warnings.Redirect(said.Add))
        {
            if (Record.Exception(mistake.CreateDelegate<Action>()) is { } error) said.Add(error.Message);
        }

        return Assert.Single(said);
    }

    // Lines move, and the version a fresh block starts from depends on what the pool has seen before.
    static string Normal(string message) => Regex.Replace(Regex.Replace(message, @"\.cs:\d+", ".cs:42"), @"version \d+, now \d+", "version 1, now 2");
}
