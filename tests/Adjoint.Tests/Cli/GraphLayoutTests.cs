using Adjoint.Cli.Explaining;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Pictures of random graphs: nothing overlaps, everything flows to the right, long edges keep clear of boxes.</summary>
public class GraphLayoutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Boxes_stand_apart_and_behind_what_leads_to_them(int seed)
    {
        var random = new Random(seed);
        int count = 10 * seed;
        (double Width, double Height)[] sizes = [.. Enumerable.Range(0, count).Select(_ => (random.Next(60, 200) * 1.0, random.Next(30, 160) * 1.0))];
        int[][] sources = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, i == 0 ? 0 : random.Next(0, 4)).Select(_ => random.Next(i)).ToArray())];
        var layout = new GraphLayout(sizes, sources);
        for (int a = 0; a < count; a++)
        {
            (double x, double y) = layout.Corner(a);
            Assert.True(x >= 0 && y >= -1e-9 && x + sizes[a].Width <= layout.Width + 1e-9 && y + sizes[a].Height <= layout.Height + 1e-9);
            foreach (int source in sources[a])
            {
                Assert.True(layout.Corner(source).X + sizes[source].Width < x, $"{source} leads to {a}");
                double at = layout.Corner(source).X;
                foreach ((double left, _, double lane) in layout.Passes(source, a))
                {
                    Assert.InRange(left, at, x);
                    at = left;
                    Assert.DoesNotContain(Enumerable.Range(0, count), b => layout.Corner(b) is var (bx, by) && left > bx && left < bx + sizes[b].Width && lane > by && lane < by + sizes[b].Height);
                }
            }

            for (int b = 0; b < a; b++)
            {
                (double bx, double by) = layout.Corner(b);
                bool apart = x + sizes[a].Width <= bx || bx + sizes[b].Width <= x || y + sizes[a].Height <= by + 1e-9 || by + sizes[b].Height <= y + 1e-9;
                Assert.True(apart, $"{a} and {b} overlap");
            }
        }
    }

    [Fact]
    public void A_chain_is_a_straight_line_and_what_is_used_late_stands_late()
    {
        // 0 → 1 → 2 → 3, and 4 goes into 5 beside 3.
        var layout = new GraphLayout([.. Enumerable.Repeat((100.0, 50.0), 6)], [[], [0], [1], [2], [], [3, 4]]);
        double[] heights = [.. new[] { 0, 1, 2, 3 }.Select(i => layout.Corner(i).Y)];
        Assert.True(heights.Max() - heights.Min() < 0.25, "straight to the eye");
        Assert.Equal(layout.Position(3).Column, layout.Position(4).Column);
        Assert.Equal([0, 1, 2, 3, 4], new[] { 0, 1, 2, 3, 5 }.Select(i => layout.Position(i).Column));
    }
}
