using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Tests.NeverSilentlyWrong;

/// <summary>Each method makes one mistake of <c>docs/never-silently-wrong.md</c>; that page names the method and the sentence it earns.</summary>
internal static class Mistakes
{
    static readonly Generator Random = new(1);

    static Tensor Parameter(string name) => Tensor.Ones([2]).AsParameter(name);

    static Tensor[] List(params Tensor[] parameters) => parameters;

    sealed record Holder(Linear Inner);

    sealed class Hiding : Layer
    {
        readonly Holder _holder = new(new Linear(2, 2, Random));

        protected override Tensor Forward(Tensor x) => _holder.Inner.Call(x);
    }

    public static void Parameter_inside_an_object() => new Hiding().Parameters();

    sealed class WithSet : Layer
    {
        readonly HashSet<Linear> _layers = [new Linear(2, 2, Random)];

        protected override Tensor Forward(Tensor x) => _layers.First().Call(x);
    }

    public static void Layers_in_a_container_that_is_not_looked_into() => new WithSet().Parameters();

    sealed class WithTable : Layer
    {
        readonly Tensor _table = Tensor.Zeros([2]);

        protected override Tensor Forward(Tensor x) => x + _table;
    }

    public static void Tensor_in_a_field_that_is_neither_parameter_nor_buffer() => new WithTable().Parameters();

    sealed class Forgetful : Layer
    {
        readonly Linear _used = new(2, 1, Random), _unused = new(2, 1, Random);

        protected override Tensor Forward(Tensor x) => _used.Call(x);

        public Linear Unused => _unused;
    }

    public static void Parameter_that_the_loss_does_not_reach()
    {
        var model = new Forgetful();
        var optimizer = new Sgd(model.Parameters(), 0.1);
        model.Call(Tensor.Ones([4, 2])).Mean().Backward();
        optimizer.Step();
    }

    public static void Parameter_in_no_optimizer()
    {
        Sequential model = [new Linear(2, 2, Random), new Linear(2, 1, Random)];
        var optimizer = new Sgd(model[1].Parameters(), 0.1);
        model.Call(Tensor.Ones([4, 2])).Mean().Backward();
        optimizer.Step();
    }

    public static void Model_that_an_optimizer_does_not_cover()
    {
        Sequential model = [new Linear(2, 2, Random), new Linear(2, 1, Random)];
        _ = model.Parameters();
        new Sgd(model[1].Parameters(), 0.1).CheckCovers(model);
    }

    public static void Step_before_backward() => new Sgd(List(Parameter("w")), 0.1).Step();

    public static void Two_steps_with_the_same_gradients()
    {
        Tensor w = Parameter("w");
        var optimizer = new Sgd(List(w), 0.1);
        w.Square().Sum().Backward();
        optimizer.Step();
        optimizer.Step();
    }

    public static void Gradients_that_are_not_cleared()
    {
        Tensor w = Parameter("w");
        var optimizer = new Sgd(List(w), 0.1);
        for (int step = 0; step < 2; step++)
        {
            w.Square().Sum().Backward();
            optimizer.Step();
        }
    }

    public static void Loss_that_would_broadcast() => Tensor.Zeros([8, 1]).MseLoss(Tensor.Zeros([8]));

    public static void Label_out_of_range() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From([0L, 3]));

    public static void Gradient_of_integers() => Tensor.Arange(3).AsParameter("ids");

    public static void Saved_value_overwritten()
    {
        Tensor w = Parameter("w");
        Tensor loss = (w * w).Sum();
        using (NoGrad.Scope()) w.Fill(5);
        loss.Backward();
    }

    public static void Write_into_what_is_being_differentiated() => Parameter("w").Fill(0);

    public static void Second_backward()
    {
        Tensor loss = Parameter("w").Square().Sum();
        loss.Backward();
        loss.Backward();
    }

    public static void Backward_from_nothing() => Parameter("w").Detach().Sum().Backward();

    public static void Tensor_used_after_its_scope()
    {
        Tensor loss;
        using (Scope.Begin("step")) loss = Tensor.Ones([2]).Sum();
        loss.Item();
    }

    public static void Dropout_in_training_mode_at_evaluation()
    {
        Sequential model = [new Linear(2, 2, Random), new Dropout(0.5, Random)];
        using NoGrad off = NoGrad.Scope();
        model.Call(Tensor.Ones([1, 2]));
        model.Call(Tensor.Ones([1, 2]));
    }

    public static void Batch_norm_in_training_mode_at_evaluation()
    {
        Sequential model = [new Linear(2, 2, Random), new BatchNorm(2)];
        using NoGrad off = NoGrad.Scope();
        model.Call(Tensor.Ones([4, 2]));
    }

    public static void Number_that_is_not_finite()
    {
        Sequential model = [new Linear(2, 2, Random), new Lambda(x => (x * 0).Log())];
        using var guard = new NanGuard();
        model.Call(Tensor.Ones([1, 2]));
    }

    public static void Gradient_that_is_not_finite()
    {
        Tensor w = Tensor.From([0.0, 1]).AsParameter("w");
        using var guard = new NanGuard();
        w.Sqrt().Sum().Backward();
    }

    public static void Data_with_NaN()
    {
        Tensor x = Tensor.From([1f, float.NaN]);
        x.Name = "inputs";
        using var guard = new NanGuard();
        _ = x * 2;
    }

    public static void Step_that_blows_up()
    {
        Tensor w = Tensor.Full([2], 1e10).AsParameter("w");
        using var guard = new NanGuard();
        w.Square().Sum().Backward();
        new Sgd(List(w), learningRate: 1e30).Step();
    }
}
