using Adjoint.Profiling;
using Xunit;

namespace Adjoint.Tests.Profiling;

/// <summary>How a report reads.</summary>
public class ProfileTextTests
{
    [Fact]
    public void Both_tables_end_with_what_was_in_no_operation()
    {
        var small = new Small();
        string[] lines = Small.Recorded(() => small.Step()).ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Matches(@"^\d+\.\d{3} ms, of which \d+\.\d{3} ms in operations; \d+ threads; the roof is 100 GFLOP/s and 10\.0 GB/s$", lines[0]);
        Assert.Matches(@"^tensors held .* MiB before, .* MiB after, .* MiB at most; .* MiB of managed objects were made$", lines[1]);
        Assert.Equal(["operation", "module"], lines.Where(l => l.EndsWith("roof", StringComparison.Ordinal)).Select(l => l.Split(' ')[0]));
        Assert.Equal(2, lines.Count(l => l.StartsWith("in no operation  ", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.StartsWith("in the profile  ", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.StartsWith("all  ", StringComparison.Ordinal) && l.Contains(" 100.0 %", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rows_beyond_the_most_are_summed_and_numbers_are_means_of_a_step()
    {
        var small = new Small();
        ProfileReport report = Small.Recorded(() => { for (int i = 0; i < 4; i++) small.Step(); });
        IReadOnlyList<string[]> cells = ProfileText.Cells(report, report.Operations, most: 2, steps: 4);
        Assert.Equal([$"{report.Operations.Count - 2} more", "in no operation", "in the profile", "all"], cells.Skip(2).Select(c => c[0]));
        Assert.All(cells, c => Assert.Equal(ProfileText.Heads("").Length, c.Length));
        string[] linear = ProfileText.Cells(report, [.. report.Operations.Where(r => r is { Name: "linear", Phase: ProfilePhase.Forward })], most: 1, steps: 4)[0];
        Assert.Equal(("linear", "forward", "2", "200"), (linear[0], linear[1], linear[2], linear[6]));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(7, "7")]
    [InlineData(999, "999")]
    [InlineData(1000, "1.00 K")]
    [InlineData(99_949, "99.9 K")]
    [InlineData(99_951, "100 K")]
    [InlineData(999_600, "1.00 M")]
    [InlineData(6_180_000_000, "6.18 G")]
    [InlineData(190_000_000_000_000, "190 T")]
    public void Counts_have_three_digits_and_a_prefix(long flops, string text)
    {
        var row = new ProfileRow("x", ProfilePhase.Forward, 1, 1, 1, flops, 0);
        Assert.Equal(text, ProfileText.Cells(Small.Recorded(() => { }), [row], 1)[0][6]);
    }
}
