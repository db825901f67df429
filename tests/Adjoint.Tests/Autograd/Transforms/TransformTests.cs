using Xunit;

namespace Adjoint.Tests.Autograd.Transforms;

/// <summary>Transforms against closed forms, against each other, and against finite differences.</summary>
public class TransformTests
{
    static readonly Generator Random = new(3);

    static Tensor X(params long[] sizes) => Random.Normal(Shape.Create(sizes), dtype: DType.F64);

    static void Same(Tensor expected, Tensor actual, double tolerance = 1e-11)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] a = expected.ToArray<double>(), b = actual.ToArray<double>();
        for (int i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * Math.Max(1, Math.Abs(a[i])), $"{i}: {b[i]} instead of {a[i]}");
    }

    [Fact]
    public void Gradients_compose_to_any_order()
    {
        Tensor x = Tensor.Scalar(0.7, DType.F64);
        Func<Tensor, Tensor> f = t => t.Sin();
        double[] expected = [Math.Cos(0.7), -Math.Sin(0.7), -Math.Cos(0.7), Math.Sin(0.7)];
        foreach (double value in expected)
        {
            f = Transform.Grad(f);
            Assert.Equal(value, f(x).Item(), 1e-13);
        }
    }

    [Fact]
    public void An_inner_gradient_does_not_see_the_outer_variable()
    {
        // d/dx (x · d/dy (x + y)) = 1, and not 2.
        Tensor slope = Transform.Grad(x => x * Transform.Grad(y => x + y)(Tensor.Scalar(1, DType.F64)))(Tensor.Scalar(5, DType.F64));
        Assert.Equal(1, slope.Item());
        // d/dx (x · d/dx x²) = 4x, the inner variable shadowing nothing.
        Assert.Equal(20, Transform.Grad(x => x * Transform.Grad(y => y * y)(x))(Tensor.Scalar(5, DType.F64)).Item());
    }

    [Fact]
    public void Several_arguments_and_arrangements()
    {
        (Tensor a, Tensor b) = (X(3), X(3));
        Same(b, Transform.Grad((p, q) => (p * q).Sum())(a, b));
        Same(a, Transform.Grad((p, q) => (p * q).Sum(), argument: 1)(a, b));
        Tensor[] both = Transform.Grad((Tensor[] w) => (w[0] * w[1]).Sum())([a, b]);
        Same(b, both[0]);
        Same(a, both[1]);
        (Tensor value, Tensor slope) = Transform.ValueAndGrad(p => (p * p).Sum())(a);
        Same((a * a).Sum(), value);
        Same(a * 2, slope);
        var named = Transform.Grad((Dictionary<string, Tensor> w) => (w["a"] * w["b"]).Sum())(new() { ["a"] = a, ["b"] = b });
        Same(b, named["a"]);
    }

    [Fact]
    public void What_the_function_does_not_depend_on_has_gradient_zero()
    {
        Same(Tensor.Zeros([3], DType.F64), Transform.Grad(_ => Tensor.Scalar(1, DType.F64))(X(3)));
        Same(Tensor.Zeros([3, 3], DType.F64), Transform.Hessian(x => x.Sum())(X(3)));
    }

    [Fact]
    public void Jacobians_have_the_axes_of_the_value_and_then_of_the_argument()
    {
        Tensor w = X(4, 3), x = X(3), m = X(2, 3);
        Same(w, Transform.Jacobian(t => w.MatMul(t))(x));
        Tensor j = Transform.Jacobian(t => t.MatMul(w.T))(m);
        Assert.Equal([2, 4, 2, 3], j.Shape.ToArray());
        Same(w, j.Select(0, 1).Select(1, 1));
        Same(Tensor.Zeros([4, 3], DType.F64), j.Select(0, 0).Select(1, 1));
    }

    [Fact]
    public void A_hessian_is_the_jacobian_of_the_gradient_and_its_product_with_a_vector_needs_none()
    {
        Tensor x = X(5), v = X(5), a = X(5, 5);
        Tensor F(Tensor t) => (t.Tanh().MatMul(a).MatMul(t.Exp()) + t.Softmax(0).Log().Sum()).Squeeze();
        Tensor h = Transform.Hessian(F)(x);
        Same(h, h.T);
        Same(h, Transform.Jacobian(Transform.Jacobian(F))(x));
        Same(h.MatMul(v), Transform.Hvp(F, x, v));
        Same(h.MatMul(v), Transform.Jvp(Transform.Grad(F), x, v).Tangent);
        double step = 1e-5;
        Tensor difference = (Transform.Grad(F)(x + (v * step)) - Transform.Grad(F)(x - (v * step))) / (2 * step);
        Same(difference, Transform.Hvp(F, x, v), 1e-7);
    }

    [Fact]
    public void Jvp_and_vjp_are_each_others_transpose()
    {
        Tensor x = X(3, 4), v = X(3, 4), u = X(3, 3);
        Tensor F(Tensor t) => t.Sin().MatMul(t.T).Softmax(1);
        (Tensor value, Tensor tangent) = Transform.Jvp(F, x, v);
        (_, Func<Tensor, Tensor> pullback) = Transform.Vjp(F, x);
        Same(F(x), value);
        Same((u * tangent).Sum(), (pullback(u) * v).Sum());
        Same(pullback(u), pullback(u));
        double step = 1e-5;
        Same((F(x + (v * step)) - F(x - (v * step))) / (2 * step), tangent, 1e-8);
        Tensor j = Transform.Jacobian(F)(x);
        Same(j.Reshape(9, 12).MatMul(v.Reshape(12)).Reshape(3, 3), tangent);
    }

    [Fact]
    public void Several_values_and_arguments_at_once()
    {
        (Tensor a, Tensor b) = (X(3), X(3));
        (Tensor, Tensor) F((Tensor A, Tensor B) t) => (t.A * t.B, t.A.Exp());
        var (value, tangent) = Transform.Jvp(F, (a, b), (Tensor.Ones([3], DType.F64), b));
        Same(a * b, value.Item1);
        Same(b + (a * b), tangent.Item1);
        Same(a.Exp(), tangent.Item2);
        var (da, db) = Transform.Vjp(F, (a, b)).Pullback((b, a));
        Same((b * b) + (a * a.Exp()), da);
        Same(a * b, db);
    }

    [Fact]
    public void Mapping_commutes_with_differentiation()
    {
        Tensor xs = X(6, 4), w = X(4, 4);
        Tensor F(Tensor x) => x.MatMul(w).Tanh().Sum() + (x * x).Mean();
        Tensor each = Transform.Vmap(Transform.Grad(F))(xs);
        Same(Tensor.Stack([.. xs.Unbind().Select(Transform.Grad(F))]), each);
        Same(each, Transform.Grad(all => Transform.Vmap(F)(all).Sum())(xs));
        Tensor jacobian = Transform.Jacobian(Transform.Vmap(F))(xs);
        Same(each, Tensor.Stack([.. Enumerable.Range(0, 6).Select(i => jacobian.Select(0, i).Select(0, i))]));
        Tensor hessians = Transform.Vmap(Transform.Hessian(F))(xs);
        Same(Transform.Hessian(F)(xs.Select(0, 2)), hessians.Select(0, 2));
        Same(Transform.Jvp(Transform.Vmap(F), xs, xs).Tangent, Transform.Vmap((x, v) => Transform.Jvp(F, x, v).Tangent)(xs, xs));
    }

    [Fact]
    public void Mappings_nest_and_each_gradient_stays_on_its_own_level()
    {
        Tensor xs = X(3, 5), ys = X(4, 5);
        Tensor F(Tensor x, Tensor y) => (x * y).Sin().Sum();
        Tensor table = Transform.Vmap(x => Transform.Vmap(y => F(x, y))(ys))(xs);
        Assert.Equal([3, 4], table.Shape.ToArray());
        Same(F(xs.Select(0, 1), ys.Select(0, 2)), table.Select(0, 1).Select(0, 2));
        Tensor mixed = Transform.Vmap(x => Transform.Grad(t => Transform.Vmap(y => Transform.Grad(s => F(t, s))(y).Sum())(ys).Sum())(x))(xs);
        Tensor plain = Tensor.Stack([.. xs.Unbind().Select(x => Transform.Grad(t => ys.Unbind().Select(y => Transform.Grad(s => F(t, s))(y).Sum()).Aggregate((a, b) => a + b))(x))]);
        Same(plain, mixed);
        Tensor outer = Transform.Grad(t => Transform.Vmap(x => Transform.Grad(s => (s * s * t.Sum()).Sum())(x).Square().Sum())(xs).Sum())(ys);
        Tensor looped = Transform.Grad(t => xs.Unbind().Select(x => Transform.Grad(s => (s * s * t.Sum()).Sum())(x).Square().Sum()).Aggregate((a, b) => a + b))(ys);
        Same(looped, outer);
    }

    [Fact]
    public void Axes_of_items_can_lie_anywhere()
    {
        Tensor a = X(4, 3, 2), b = X(2, 4);
        Tensor y = Transform.Vmap((p, q) => p.MatMul(q), [1, null], outDim: 1)(a, b);
        Same(Tensor.Stack([.. Enumerable.Range(0, 3).Select(i => a.Select(1, i).MatMul(b))], 1), y);
        Same(a.Sum([0, 2]), Transform.Vmap(t => t.Sum(), inDim: -2)(a));
        Same(Tensor.Ones([3, 2], DType.F64), Transform.Vmap(_ => Tensor.Ones([2], DType.F64), inDim: 1)(a));
        Assert.Equal([0, 2], Transform.Vmap(t => t.Exp())(Tensor.Zeros([0, 2])).Shape.ToArray());
    }

    [Fact]
    public void Parameters_outside_get_gradients_through_every_transform()
    {
        Tensor w = X(4).AsParameter("w"), xs = X(5, 4);
        // A gradient penalty: the mean squared norm of ∂f/∂x, differentiated by w.
        Tensor penalty = Transform.Vmap(Transform.Grad(x => (w * x).Tanh().Sum()))(xs).Square().Sum();
        penalty.Backward();
        Tensor expected = Transform.Grad(v => xs.Unbind().Select(x => Transform.Grad(t => (v * t).Tanh().Sum())(x).Square().Sum()).Aggregate((a, b) => a + b))(w.Detach());
        Same(expected, w.Grad!);
        using NoGrad off = NoGrad.Scope();
        Assert.False(Transform.Grad(x => (w * x).Tanh().Sum())(xs.Select(0, 0)).RequiresGrad);
    }

    [Fact]
    public void The_callers_tensors_stay_as_they_are()
    {
        Tensor x = X(3), w = X(3).AsParameter();
        _ = Transform.Grad(t => (t * w).Sum())(x);
        _ = Transform.Grad(t => (t * x).Sum())(w);
        Assert.False(x.RequiresGrad);
        Assert.Null(w.Grad);
        Tensor middle = w * 2;
        _ = Gradients.Of((middle * middle).Sum(), [middle]);
        middle.Sum().Backward();        // what lies below the asked-for tensor was not used up
        Same(Tensor.Full([3], 2, DType.F64), w.Grad!);
    }

    [Fact]
    public void Random_numbers_are_an_error_unless_it_is_said_what_they_mean()
    {
        Tensor xs = Tensor.Ones([4, 50]);
        Func<Tensor, Tensor> noisy = x => x.Dropout(0.5, new Generator(5)) + new Generator(6).Normal([50]);
        Assert.Contains("randomness is Error", Assert.Throws<GraphException>(() => Transform.Vmap(noisy)(xs)).Message, StringComparison.Ordinal);
        Tensor same = Transform.Vmap(noisy, randomness: Randomness.Same)(xs), different = Transform.Vmap(noisy, randomness: Randomness.Different)(xs);
        Assert.Equal(noisy(Tensor.Ones([50])).ToArray<float>(), same.Select(0, 3).ToArray<float>());
        Assert.NotEqual(different.Select(0, 0).ToArray<float>(), different.Select(0, 1).ToArray<float>());
        // A gradient meets the mask of its own item.
        Tensor slopes = Transform.Vmap(Transform.Grad(x => (x * x).Dropout(0.5, new Generator(5)).Sum()), randomness: Randomness.Different)(xs);
        Assert.Equal(2 * Transform.Vmap(x => x.Dropout(0.5, new Generator(5)), randomness: Randomness.Different)(xs).Sum().Item(), slopes.Sum().Item(), 1e-4);
    }

    // The examples of docs/transforms.md.
    [Fact]
    public void The_examples_of_the_page_hold()
    {
        Func<Tensor, Tensor> rosenbrock = p => (1 - p[0]).Square() + (100 * (p[1] - p[0].Square()).Square());
        Same(Tensor.From(new[,] { { 802.0, -400 }, { -400, 200 } }), Transform.Hessian(rosenbrock)(Tensor.From([1.0, 1.0])));
        Same(Tensor.From([802.0, -400.0]), Transform.Hvp(rosenbrock, Tensor.From([1.0, 1.0]), Tensor.From([1.0, 0.0])));
        (_, Tensor dy) = Transform.Jvp(x => x.Sin(), Tensor.From([0.0, 1.0]), Tensor.From([1.0, 1.0]));
        Same(Tensor.From([1, Math.Cos(1)]), dy);
    }

    [Fact]
    public void A_tensor_that_left_its_map_is_refused()
    {
        Tensor? left = null;
        _ = Transform.Vmap(x => left = x.Detach())(Tensor.Ones([3]));
        Told<GraphException>(() => _ = left! + 1, "vmap: a tensor of a mapped function ends with the call, but one of shape [] is used after it. Hint: return it from the function.");
    }

    [Fact]
    public void Detach_stops_gradients_of_every_level()
    {
        Tensor xs = X(3, 2);
        Same(xs, Transform.Grad(all => Transform.Vmap(x => (x * x.Detach()).Sum())(all).Sum())(xs));
        Same(xs, Transform.Vmap(Transform.Grad(x => (x * x.Detach()).Sum()))(xs));
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor x = Tensor.Ones([3]);
        Told<ShapeException>(() => Transform.Grad(t => t)(x), "grad: the function must give a single value, but it gave the shape [3]. Hint: reduce it with Sum or Mean, or use Jacobian.");
        Told<DTypeException>(() => Transform.Grad(t => t.Sum())(Tensor.Arange(3)), "grad: only floating-point numbers can be differentiated by, but an argument of shape [3] is I64. Hint: take it from the surroundings of the function, or make it an argument that is not differentiated by.");
        Told<ShapeException>(() => Transform.Jvp(t => t, x, Tensor.Ones([2])), "jvp: the direction must be shaped like the argument, but it is [2] and that is [3].");
        Told<ShapeException>(() => Transform.Vmap((a, b) => a + b)(x, Tensor.Ones([2])), "vmap: all arguments must have the same number of items, but argument 1 of shape [2] has 2 along axis 0 and those before have 3.");
        Told<ShapeException>(() => Transform.Vmap(t => t)(Tensor.Scalar(1)), "vmap: an argument must have an axis of items, but argument 0 is a single value. Hint: null in inDims shares it between all items.");
        Told<ArgumentException>(() => Transform.Vmap((a, b) => a + b, [0])(x, x), "vmap: inDims must have an entry for each argument, but there are 1 and the function has 2 arguments.");
        Told<ArgumentException>(() => Transform.Vmap((a, b) => a + b, [null, null])(x, x), "vmap: at least one argument must be mapped, but there is no tensor with an axis in inDims.");
        string unreadable = "vmap: inside a mapped function a tensor stands for all items at once and cannot be read or written by itself, but the one of shape [] is. Hint: use operations, such as Where instead of if, and read what Vmap returns.";
        Told<GraphException>(() => Transform.Vmap(t => t.Item() > 0 ? t : -t)(x), unreadable);
        Told<GraphException>(() => Transform.Vmap(t => Tensor.From(t.ToArray<float>()))(x), unreadable);
        Told<GraphException>(() => Transform.Vmap(t => Tensor.Scalar(t.ToString().Length))(x), unreadable);
        Told<GraphException>(() => Transform.Vmap(t => { t.Fill(0); return t; })(x), unreadable);
        Told<ShapeException>(() => Transform.Vmap(t => t.MatMul(Tensor.Ones([4])))(Tensor.Ones([2, 3])), "matmul: columns of a must equal rows of b, but a is [3] and b is [4].");
    }

    static void Told<T>(Action use, string message) where T : Exception => Assert.Equal(message, Assert.Throws<T>(use).Message);
}
