using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class ModuleTests
{
    class Part : Layer
    {
        public Tensor Weight { get; } = Tensor.Ones([2]).AsParameter();

        protected override Tensor Forward(Tensor x) => x * Weight;
    }

    sealed class Whole : Part
    {
        readonly Part _hidden = new();
        public Part[] Blocks { get; } = [new(), new()];
        public List<Part> Heads { get; } = [new()];
        public Dictionary<string, Part> ByName { get; } = new() { ["left"] = new(), ["right"] = new() };
        public (Part A, Tensor B) Pair { get; } = (new(), Tensor.Ones([3]).AsParameter());
        public List<Part[]> Nested { get; } = [[new()], [new()]];
        public Tensor Mean { get; } = Tensor.Zeros([4]).AsBuffer();
        public Tensor? Bias { get; }
        public Generator Random { get; } = new(3);
        public int[] Sizes { get; } = [1, 2, 3];
        public Func<double, double> Function { get; } = x => x;

        [field: Transient]
        public Tensor? Last { get; private set; }

        protected override Tensor Forward(Tensor x) => Last = _hidden.Call(base.Forward(x));
    }

    [Fact]
    public void State_is_found_in_every_container()
    {
        var model = new Whole();
        string[] names =
        [
            "Weight", "Hidden.Weight", "Blocks.0.Weight", "Blocks.1.Weight", "Heads.0.Weight", "ByName.left.Weight", "ByName.right.Weight",
            "Pair.0.Weight", "Pair.1", "Nested.0.0.Weight", "Nested.1.0.Weight",
        ];
        Assert.Equal(names, model.NamedParameters().Select(p => p.Name));
        Assert.Equal(names, model.Parameters().Select(p => p.Name));
        Assert.Equal(["Mean"], model.NamedBuffers().Select(b => b.Name));
        Assert.Equal([.. names, "Mean"], model.State().Keys);
        Assert.Equal(["Random"], model.NamedGenerators().Select(g => g.Name));
        Assert.Equal(10, model.Modules().Count);
        Assert.Equal((10 * 2) + 3, model.ParameterCount);
    }

    [Fact]
    public void Names_stay_those_of_the_whole_model_when_a_part_is_walked()
    {
        var model = new Whole();
        _ = model.Parameters();
        Assert.Equal(["Weight"], model.Blocks[1].NamedParameters().Select(p => p.Name));
        Assert.Equal("Blocks.1.Weight", model.Blocks[1].Weight.Name);
        Assert.Equal("Blocks.1", model.Blocks[1].Path);
    }

    [Fact]
    public void A_call_is_a_scope_named_by_the_path()
    {
        var model = new Scoped();
        Tensor y = model.Call(Tensor.Ones([2]));
        Assert.Equal("Inner", model.Inner.Seen);
        Assert.Equal([2f, 2f], y.ToArray<float>());
        Assert.True(model.Inner.Temporary!.IsReleased);
    }

    sealed class Scoped : Layer
    {
        public Recorder Inner { get; } = new();

        protected override Tensor Forward(Tensor x) => Inner.Call(x);
    }

    sealed class Recorder : Layer
    {
        public string? Seen { get; private set; }

        [field: Transient]
        public Tensor? Temporary { get; private set; }

        protected override Tensor Forward(Tensor x)
        {
            Seen = Scope.Current!.Name;
            Temporary = x * 3;
            return Temporary - x;
        }
    }

    [Fact]
    public void Results_in_tuples_and_arrays_are_kept_too()
    {
        (Tensor sum, Tensor[] rest) = new Several().Call((Tensor.Ones([2]), Tensor.Ones([2])));
        Assert.Equal([2f, 2f], sum.ToArray<float>());
        Assert.Equal([3f, 3f], rest[0].ToArray<float>());
    }

    sealed class Several : Module<(Tensor A, Tensor B), (Tensor, Tensor[])>
    {
        protected override (Tensor, Tensor[]) Forward((Tensor A, Tensor B) x) => (x.A + x.B, [x.A * 3]);
    }

    [Fact]
    public void Shared_modules_tensors_and_cycles_count_once()
    {
        var shared = new Part();
        var tied = new Tied(shared);
        Assert.Equal(["First.Weight"], tied.NamedParameters().Select(p => p.Name));
        Assert.Equal(2, tied.Modules().Count);
        tied.LoadState(new Dictionary<string, Tensor> { ["Copy"] = Tensor.Full([2], 5) });
        Assert.Equal([5f, 5f], shared.Weight.ToArray<float>());
    }

    sealed class Tied : Module
    {
        public Tied(Part part) => (First, Second, Copy, Self) = (part, part, part.Weight, this);

        public Part First { get; }

        public Part Second { get; }

        public Tensor Copy { get; }

        public Module Self { get; }
    }

    [Fact]
    public void Training_and_freezing_reach_everything()
    {
        var model = new Whole();
        model.Eval();
        Assert.All(model.Modules(), m => Assert.False(m.IsTraining));
        model.Train();
        Assert.All(model.Modules(), m => Assert.True(m.IsTraining));

        model.Freeze();
        Assert.All(model.Parameters(), p => Assert.False(p.RequiresGrad));
        Assert.Equal(11, model.Parameters().Count);
        Assert.False(model.Call(Tensor.Ones([2])).RequiresGrad);
        model.Unfreeze();
        Assert.True(model.Call(Tensor.Ones([2])).RequiresGrad);
    }

    [Fact]
    public void Conversion_happens_in_place()
    {
        var model = new Whole();
        Tensor weight = model.Weight;
        model.To(DType.F64);
        Assert.Same(weight, model.Weight);
        Assert.All(model.State().Values, t => Assert.Equal(DType.F64, t.DType));
        Tensor loss = model.Call(Tensor.Ones([2], DType.F64)).Sum();
        loss.Backward();
        Assert.Equal(DType.F64, weight.Grad!.DType);
        Assert.Equal("module: parameters need a floating-point type, but the type is I32.", Assert.Throws<DTypeException>(() => model.To(DType.I32)).Message);
    }
}
