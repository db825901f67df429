using System.Text.RegularExpressions;
using Xunit;

namespace Adjoint.Tests.Repository;

/// <summary>Dependencies between folders point one way, and files stay about one thing.</summary>
public class DirectionTests
{
    internal static string Root { get; } = FindRoot();

    public static TheoryData<string, string> Forbidden => new()
    {
        // A kernel never sees a tensor; what a layer may know ends with the operations; and so on upward.
        { "Kernels", @"\bTensor\b(?!s\b)|\bAdjoint\.(Ops|Nn|Optim|Data|Training|Formats|Profiling|Explaining)\b|\bAutograd\b" },
        { "Tensors", @"\bAdjoint\.(Ops|Nn|Optim|Data|Training|Formats|Profiling|Explaining)\b" },
        { "Autograd", @"\bAdjoint\.(Ops|Nn|Optim|Data|Training|Formats|Profiling|Explaining)\b" },
        { "Ops", @"\bAdjoint\.(Nn|Optim|Data|Training|Formats|Profiling|Explaining)\b" },
        { "Nn", @"\bAdjoint\.(Optim|Data|Training|Formats|Profiling|Explaining)\b" },
        { "Optim", @"\bAdjoint\.(Data|Training|Formats|Profiling|Explaining)\b" },
        { "Data", @"\bAdjoint\.(Nn|Optim|Training|Profiling|Explaining)\b" },
        { "Formats", @"\bAdjoint\.(Nn|Optim|Training|Profiling|Explaining)\b" },
        { "Profiling", @"\bAdjoint\.(Nn|Optim|Data|Training|Explaining)\b" },
        { "Explaining", @"\bAdjoint\.(Nn|Optim|Data|Training|Formats|Profiling)\b" },
    };

    [Theory, MemberData(nameof(Forbidden))]
    public void A_folder_knows_only_what_is_below_it(string folder, string pattern)
    {
        string[] files = Sources(Path.Combine(Root, "src", "Adjoint", folder));
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            IEnumerable<string> code = File.ReadLines(file).Select(line => Regex.Replace(line, @"//.*$", ""));
            string[] offences = [.. code.Where(line => Regex.IsMatch(line, pattern))];
            Assert.True(offences.Length == 0, $"{file}: {string.Join(" | ", offences)}");
        });
    }

    [Fact]
    public void No_file_is_two_things()
    {
        IEnumerable<string> files = new[] { "src", "tests", "bench", "samples" }.Select(f => Path.Combine(Root, f)).Where(Directory.Exists).SelectMany(Sources);
        Assert.All(files, file => Assert.True(File.ReadLines(file).Count() <= 400, $"{file} has more than 400 lines"));
    }

    [Fact]
    public void The_library_needs_nothing_but_the_base_class_library()
    {
        string project = File.ReadAllText(Path.Combine(Root, "src", "Adjoint", "Adjoint.csproj"));
        Assert.Equal(["System.Numerics.Tensors"], Regex.Matches(project, "PackageReference Include=\"([^\"]+)\"").Select(m => m.Groups[1].Value));
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }

    static string[] Sources(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)),
    ];

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Directory.Packages.props"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the repository's root was not found above the tests");
    }
}
