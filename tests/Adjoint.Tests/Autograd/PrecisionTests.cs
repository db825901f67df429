using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>What a precision converts, and that gradients come back in the types of what they belong to.</summary>
[Collection(Alone.Name)]
public class PrecisionTests
{
    static Tensor F32(params long[] shape) => new Generator(7).Normal(Shape.Create(shape));

    public static TheoryData<string> Mixed => new() { "bfloat16-mixed", "float16-mixed" };

    static Precision Named(string name) => name == "bfloat16-mixed" ? Precision.Bfloat16Mixed : Precision.Float16Mixed;

    [Theory, MemberData(nameof(Mixed))]
    public void Operations_compute_as_their_class_says(string name)
    {
        Precision precision = Named(name);
        DType low = precision.Low!.Value;
        Tensor x = F32(4, 6), w = F32(5, 6), half = x.To(low);
        using PrecisionScope scope = precision.Scope();
        Assert.Equal(low, x.Linear(w).DType);
        Assert.Equal(low, x.MatMul(w.T).DType);
        Assert.Equal(low, F32(2, 3, 8, 8).Conv2d(F32(4, 3, 3, 3)).DType);
        Assert.Equal(low, F32(1, 2, 4, 8).ScaledDotProductAttention(F32(1, 2, 4, 8), F32(1, 2, 4, 8)).DType);
        Assert.Equal(low, F32(1, 4, 24).SelfAttention(2).DType);
        Assert.Equal(DType.F32, half.Exp().DType);
        Assert.Equal(DType.F32, half.Sum().DType);
        Assert.Equal(DType.F32, half.MseLoss(half).DType);
        Assert.Equal(DType.F32, half.CrossEntropy(Tensor.From([0L, 1, 2, 3])).DType);
        // As given.
        Assert.Equal((low, DType.F32, DType.F32), (half.Gelu().DType, x.Gelu().DType, (x + half).DType));
        Assert.Equal((low, low), (half.LayerNorm([6]).DType, half.Softmax(1).DType));
    }

    [Fact]
    public void Without_a_scope_and_after_it_nothing_is_converted()
    {
        Tensor x = F32(2, 3), w = F32(4, 3);
        using (Precision.Bfloat16Mixed.Scope())
        {
            using (Precision.Float32.Scope()) Assert.Equal(DType.F32, x.Linear(w).DType);
            Assert.Equal(DType.BF16, x.Linear(w).DType);
        }

        Assert.Equal(DType.F32, x.Linear(w).DType);
    }

    [Fact]
    public void F64_is_left_alone()
    {
        using PrecisionScope scope = Precision.Bfloat16Mixed.Scope();
        Tensor x = F32(2, 3).To(DType.F64);
        Assert.Equal(DType.F64, x.Linear(x).DType);
        Assert.Equal(DType.F64, x.Linear(F32(4, 3)).DType);
    }

    [Theory, MemberData(nameof(Mixed))]
    public void Gradients_are_near_those_of_F32_and_in_the_parameters_type(string name)
    {
        Sequential model = [new Linear(12, 16, new Generator(1)), new Gelu(), new LayerNorm([16]), new Linear(16, 3, new Generator(2))];
        Tensor x = F32(8, 12), labels = new Generator(3).Integers([8], 0, 3);
        model.Call(x).CrossEntropy(labels).Backward();
        float[][] plain = [.. model.Parameters().Select(p => p.Grad!.ToArray<float>())];
        model.ZeroGrad();
        Tensor loss;
        using (Named(name).Scope()) loss = model.Call(x).CrossEntropy(labels);
        loss.Backward();
        foreach ((Tensor parameter, float[] expected) in model.Parameters().Zip(plain))
        {
            Assert.Equal(DType.F32, parameter.Grad!.DType);
            double error = Math.Sqrt(parameter.Grad.ToArray<float>().Zip(expected, (a, b) => Math.Pow(a - b, 2)).Sum()), size = Math.Sqrt(expected.Sum(e => (double)e * e));
            // BF16 has a unit in the last place of 2⁻⁸, F16 of 2⁻¹¹; a few of them add up.
            Assert.InRange(error, size * 1e-7, size * (name == "bfloat16-mixed" ? 0.03 : 0.004));
        }
    }

    [Fact]
    public void A_checkpointed_function_is_recomputed_in_the_same_types()
    {
        var layer = new Linear(6, 6, new Generator(1));
        Tensor x = F32(3, 6).AsParameter();
        Tensor plain, kept;
        using (Precision.Bfloat16Mixed.Scope())
        {
            plain = layer.Call(x).Tanh().Sum();
            kept = Checkpoint.Call(v => layer.Call(v).Tanh(), x).Sum();
        }

        plain.Backward();
        float[] expected = [.. x.Grad!.ToArray<float>(), .. layer.Weight.Grad!.ToArray<float>()];
        x.SetGrad(null);
        layer.ZeroGrad();
        kept.Backward();
        Assert.Equal(expected, x.Grad!.ToArray<float>().Concat(layer.Weight.Grad!.ToArray<float>()));
    }

    [Fact]
    public void What_is_saved_for_the_backward_pass_takes_half_the_memory()
    {
        var layers = new Sequential(Enumerable.Range(0, 16).SelectMany(i => (Layer[])[new Linear(512, 512, new Generator((ulong)i)), new Gelu()]));
        Assert.InRange((double)Held(Precision.Bfloat16Mixed) / Held(Precision.Float32), 0.5, 0.6);

        long Held(Precision precision)
        {
            using Scope step = Scope.Begin("step");
            Tensor x = F32(4096, 512);
            long before = TensorMemory.LiveBytes;
            Tensor loss;
            using (precision.Scope()) loss = layers.Call(x).Sum();
            long held = TensorMemory.LiveBytes - before;
            loss.Backward();
            layers.ZeroGrad();
            return held;
        }
    }

    [Fact]
    public async Task A_scope_ends_on_its_own_thread()
    {
        PrecisionScope scope = Precision.Bfloat16Mixed.Scope();
        Exception? error = null;
        var other = new Thread(() => error = Record.Exception(() => scope.Dispose()));
        other.Start();
        other.Join();
        Assert.StartsWith("precision: it is chosen for one thread, but it was chosen on thread ", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
        scope.Dispose();
        await Task.CompletedTask;
    }

    [Fact]
    public void Classes_are_those_of_the_page()
    {
        string page = File.ReadAllText(Path.Combine(Repository.DirectionTests.Root, "docs", "mixed-precision.md"));
        foreach ((PrecisionClass kind, string what) in new[] { (PrecisionClass.Low, "in the low type"), (PrecisionClass.Full, "in F32") })
        {
            IEnumerable<string> names = Adjoint.Ops.Registry.Samples(typeof(Tensor).Assembly).Select(s => s.Op).Where(op => op.PrecisionClass == kind).Select(op => op.Name).Distinct().Order(StringComparer.Ordinal);
            Assert.Contains(Row(what, names), page, StringComparison.Ordinal);
        }

        IEnumerable<string> rounding = Adjoint.Ops.Registry.Samples(typeof(Tensor).Assembly).Select(s => s.Op).Where(op => op.PrecisionClass == PrecisionClass.AsGiven && !ReferenceEquals(op.InPrecision(DType.BF16), op)).Select(op => op.Name).Distinct().Order(StringComparer.Ordinal);
        Assert.Contains(Row("as given, and from F32 to BF16", rounding), page, StringComparison.Ordinal);

        static string Row(string what, IEnumerable<string> names) => $"| {what} | {string.Join(", ", names.Select(n => $"`{n}`"))} |";
    }
}
