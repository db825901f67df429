using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

public class GradientClipTests
{
    static Tensor With(params double[] gradient)
    {
        Tensor parameter = Tensor.Zeros([gradient.Length], DType.F64).AsParameter();
        parameter.SetGrad(Tensor.From(gradient));
        return parameter;
    }

    [Fact]
    public void One_factor_scales_all_gradients_to_the_norm()
    {
        Tensor a = With(3, 0), b = With(4), none = Tensor.Zeros([1]).AsParameter();
        Assert.Equal(5, GradientClip.ByNorm([a, b, none], 1), 1e-12);
        double factor = 1 / (5 + 1e-6);
        Assert.Equal(3 * factor, a.Grad!.ToArray<double>()[0], 1e-15);
        Assert.Equal(4 * factor, b.Grad!.ToArray<double>()[0], 1e-15);
        Assert.Null(none.Grad);
    }

    [Fact]
    public void Small_gradients_stay_as_they_are()
    {
        Tensor a = With(0.3, -0.4);
        Assert.Equal(0.5, GradientClip.ByNorm([a], 1), 1e-15);
        Assert.Equal([0.3, -0.4], a.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_broken_gradient_shows_in_the_norm()
    {
        Assert.False(double.IsFinite(GradientClip.ByNorm([With(double.NaN, 1)], 1)));
        Assert.Equal(double.PositiveInfinity, GradientClip.Norm([With(double.PositiveInfinity)]));
    }

    [Fact]
    public void Elements_are_limited_on_both_sides()
    {
        Tensor a = With(-3, -0.5, 0.5, 3);
        GradientClip.ByValue([a], 1);
        Assert.Equal([-1, -0.5, 0.5, 1], a.Grad!.ToArray<double>());
    }

    [Fact]
    public void Limits_must_make_sense()
    {
        Assert.Equal("clip: the largest norm must not be negative, but it is -1.", Assert.Throws<ArgumentException>(() => GradientClip.ByNorm([With(1)], -1)).Message);
        Assert.Equal("clip: the largest value must not be negative, but it is NaN.", Assert.Throws<ArgumentException>(() => GradientClip.ByValue([With(1)], double.NaN)).Message);
    }
}
