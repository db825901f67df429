using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Positions and weights worked out by hand; that the sums are made right is the registry's business.</summary>
public class InterpolateTests
{
    static Tensor Line(params double[] values) => Tensor.From(values, [1, 1, values.Length]);

    static void Same(double[] expected, Tensor actual)
    {
        Assert.Equal(expected.Length, actual.Elements);
        Assert.All(expected.Zip(actual.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    [Fact]
    public void Nearest_takes_the_element_at_the_rounded_down_position()
    {
        Same([1, 1, 2, 2, 3, 3], Line(1, 2, 3).Interpolate([6]));
        Same([1, 1, 2, 2, 3], Line(1, 2, 3).Interpolate([5]));
        Same([1, 2, 4], Line(1, 2, 3, 4, 5).Interpolate([3]));
        Same([1, 3, 5], Line(1, 2, 3, 4, 5).Interpolate([3], InterpolationMode.NearestExact));
        Assert.Equal([2, 3, 8, 15], Tensor.Zeros([2, 3, 4, 5]).InterpolateBy([2, 3]).Shape);
    }

    [Fact]
    public void A_factor_finds_positions_by_itself_where_the_length_is_rounded()
    {
        // ⌊5·0.7⌋ = 3 elements, 1/0.7 apart rather than 5/3.
        Same([1, 2, 3], Line(1, 2, 3, 4, 5).InterpolateBy(0.7));
        double step = 1 / 0.7;
        Same([.. Enumerable.Range(0, 3).Select(i => ((i + 0.5) * step) + 0.5)], Line(1, 2, 3, 4, 5).InterpolateBy(0.7, InterpolationMode.Linear));
    }

    [Fact]
    public void Linear_keeps_edges_or_corners_in_place()
    {
        Same([0, 0.25, 0.75, 1], Line(0, 1).Interpolate([4], InterpolationMode.Linear));
        Same([0, 1.0 / 3, 2.0 / 3, 1], Line(0, 1).Interpolate([4], InterpolationMode.Linear, alignCorners: true));
        Same([0.5, 2.5], Line(0, 1, 2, 3).Interpolate([2], InterpolationMode.Linear));
        Same([0], Line(0, 1, 2, 3).Interpolate([1], InterpolationMode.Linear, alignCorners: true));
        Same([7, 7, 7], Line(7).Interpolate([3], InterpolationMode.Linear));
        Tensor plane = Tensor.From([0.0, 1, 2, 3], [1, 1, 2, 2]);
        Same([0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3], plane.Interpolate([3, 3], InterpolationMode.Linear, alignCorners: true));
    }

    [Fact]
    public void Cubic_and_area_follow_their_kernels()
    {
        // Half way between elements the weights of Keys' kernel with a = −¾ are −3/32, 19/32, 19/32, −3/32.
        double Middle(double a, double b, double c, double d) => ((19 * (b + c)) - (3 * (a + d))) / 32;
        Same([1, Middle(1, 1, 4, 9), 4, Middle(1, 4, 9, 16), 9, Middle(4, 9, 16, 16), 16], Line(1, 4, 9, 16).Interpolate([7], InterpolationMode.Cubic, alignCorners: true));
        Same([1.5, 3.5], Line(1, 2, 3, 4).Interpolate([2], InterpolationMode.Area));
        Same([1.5, 3, 4.5], Line(1, 2, 3, 4, 5).Interpolate([3], InterpolationMode.Area));
    }

    [Fact]
    public void Gradients_of_planes_agree_with_differences()
    {
        Tensor x = new Generator(9).Normal([2, 2, 4, 5], dtype: DType.F64);
        foreach (InterpolationMode mode in Enum.GetValues<InterpolationMode>())
            Assert.InRange(GradientCheck.FirstOrder(v => [v[0].Interpolate([7, 3], mode)], [x]), 0, 2e-7);
    }
}
