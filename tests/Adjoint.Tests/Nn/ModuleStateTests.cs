using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class ModuleStateTests
{
    sealed class Model : Module
    {
        public Tensor Weight { get; } = Tensor.Zeros([2, 3]).AsParameter();
        public Tensor Bias { get; } = Tensor.Zeros([3]).AsParameter();
        public Tensor Mean { get; } = Tensor.Zeros([3]).AsBuffer();
    }

    [Fact]
    public void State_makes_the_round_trip_and_converts()
    {
        var random = new Generator(1);
        Model from = new(), to = new();
        foreach (Tensor tensor in from.State().Values) using (NoGrad.Scope()) tensor.CopyFrom(random.Normal(tensor.Shape));
        Dictionary<string, Tensor> state = from.State().ToDictionary(s => s.Key, s => s.Value.Detach().To(DType.F64));
        to.LoadState(state);
        foreach ((string name, Tensor tensor) in to.State()) Assert.Equal(from.State()[name].ToArray<float>(), tensor.ToArray<float>());
    }

    [Fact]
    public void All_differences_are_told_in_one_sentence_and_nothing_is_written()
    {
        var model = new Model();
        var state = new Dictionary<string, Tensor> { ["Weight"] = Tensor.Ones([3, 2]), ["Bias"] = Tensor.Ones([3]), ["Other"] = Tensor.Ones([1]) };
        Assert.Equal(
            "load state: names and shapes must be those of the module, but there are missing: 'Mean'; unexpected: 'Other'; of another shape: 'Weight' ([3, 2] instead of [2, 3]).",
            Assert.Throws<ArgumentException>(() => model.LoadState(state)).Message);
        Assert.Equal([0f, 0f, 0f], model.Bias.ToArray<float>());
        Assert.Throws<ArgumentException>(() => model.LoadState(state, strict: false));
        state.Remove("Weight");
        Assert.Equal(
            "load state: names and shapes must be those of the module, but there are missing: 'Weight', 'Mean'; unexpected: 'Other'. Hint: strict: false loads what fits.",
            Assert.Throws<ArgumentException>(() => model.LoadState(state)).Message);
        model.LoadState(state, strict: false);
        Assert.Equal([1f, 1f, 1f], model.Bias.ToArray<float>());
    }

    static void Refused(Module module, string message) => Assert.Equal(message, Assert.Throws<GraphException>(() => module.Parameters()).Message);

    [Fact]
    public void What_would_be_missed_silently_is_an_error()
    {
        Refused(new Unmarked(), "module: a tensor in a field is a parameter (AsParameter), a buffer (AsBuffer) or marked [Transient], but 'Table' of Unmarked is none of them.");
        Refused(new InSet(), "module: tensors and modules are found in fields, arrays, lists, dictionaries and tuples, but 'Parts' of InSet is a HashSet<Model>. Hint: use one of those, or mark the field [Transient].");
        Refused(new InObject(), "module: what a module trains and saves is found through its fields, but a Model is held only by an object or closure in 'Holder' of InObject. Hint: keep it in a field of the module, in an array, list, dictionary or tuple.");
        Refused(new InClosure(new Model()), "module: what a module trains and saves is found through its fields, but a Model is held only by an object or closure in 'Function' of InClosure. Hint: keep it in a field of the module, in an array, list, dictionary or tuple.");
        Refused(new SameName(), "module: names come from fields and must differ, but two tensors are called 'Weight'.");
    }

    [Fact]
    public void A_closure_over_what_is_a_field_too_is_fine()
    {
        Assert.Equal(2, new Known(new Model()).Parameters().Count);
    }

    sealed class Unmarked : Module
    {
        public Tensor Table { get; } = Tensor.Zeros([1]);
    }

    sealed class InSet : Module
    {
        public HashSet<Model> Parts { get; } = [new()];
    }

    sealed record Holding(Model Model);

    sealed class InObject : Module
    {
        public Holding Holder { get; } = new(new());
    }

    sealed class InClosure(Model model) : Module
    {
        public Func<Tensor> Function { get; } = () => model.Weight;
    }

    sealed class Known : Module
    {
        public Known(Model model)
        {
            Function = () => model.Weight;
            Model = model;
        }

        public Func<Tensor> Function { get; }

        public Model Model { get; }
    }

    sealed class SameName : Module
    {
        readonly Tensor _weight = Tensor.Zeros([1]).AsParameter();

        public Tensor Weight { get; } = Tensor.Zeros([1]).AsParameter();

        public Tensor Both => _weight + Weight;
    }
}
