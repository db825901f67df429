using System.Text.RegularExpressions;
using Xunit;

namespace Adjoint.Tests.Repository;

/// <summary>Kernels keep the form in which they can be compiled ahead (docs/decisions/009-start.md): what breaks it makes nothing wrong, only every start slower, and so would not be noticed.</summary>
public class AheadTests
{
    public static TheoryData<string, string> Forms => new()
    {
        { @"where \w+ : unmanaged(?!,)", "a type parameter that stands for float must be free of constraints" },
        { @"\bMethodImplOptions\.AggressiveOptimization\b", "a method with this mark is left out of images; begin it with Compiled.AtOnce" },
        { @"\bVector(128|256|512)\.(Load|Store)\(", "vectors are read and written through pointers" },
        { @"\b(Max|Min)Native\(", "what differs between processors is left out of images" },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Kernels_can_be_compiled_ahead(string pattern, string rule)
    {
        string kernels = Path.Combine(DirectionTests.Root, "src", "Adjoint", "Kernels");
        string[] offences =
        [
            .. from file in Directory.GetFiles(kernels, "*.cs", SearchOption.AllDirectories)
               from line in File.ReadLines(file).Select(l => Regex.Replace(l, "//.*$", ""))
               where Regex.IsMatch(line, pattern)
               select $"{Path.GetRelativePath(kernels, file)}: {line.Trim()}",
        ];
        Assert.True(offences.Length == 0, $"{rule}: {string.Join(" | ", offences)}");
    }
}
