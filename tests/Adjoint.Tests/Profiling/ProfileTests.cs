using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Profiling;
using Xunit;
using static Adjoint.Tests.Profiling.Small;

namespace Adjoint.Tests.Profiling;

/// <summary>What a profile says of a training step: which operation, which module, which part of the step, and sums that add up.</summary>
public class ProfileTests
{
    [Fact]
    public void Operations_are_counted_forward_and_backward_apart()
    {
        var small = new Small();
        ProfileReport report = Recorded(() => { for (int i = 0; i < 3; i++) small.Step(); });

        // Two layers, 5 rows: 3·4 and 4·2 weights.
        ProfileRow forward = Row(report.Operations, "linear", ProfilePhase.Forward);
        Assert.Equal((6, 3 * 5 * (12 + 8) * 2), (forward.Calls, forward.Flops));
        // dW of both, dx of the second only; the biases' gradients are sums over the rows.
        ProfileRow backward = Row(report.Operations, "linear", ProfilePhase.Backward);
        Assert.Equal((6, 3 * ((5 * (12 + 8 + 8) * 2) + (5 * (4 + 2)))), (backward.Calls, backward.Flops));
        Assert.Equal((3, 3 * 5 * 4), (Row(report.Operations, "tanh", ProfilePhase.Forward).Calls, Row(report.Operations, "tanh", ProfilePhase.Forward).Flops));
        // 26 parameters, 4 operations each.
        ProfileRow update = Row(report.Operations, "sgd", ProfilePhase.Update);
        Assert.Equal((3, 3 * 4 * 26, 3 * 12 * 26), (update.Calls, update.Flops, update.Bytes));
        Assert.DoesNotContain(report.Operations, r => r.Name == "matmul");      // it is part of linear's gradient
    }

    [Fact]
    public void Modules_have_what_they_called_and_its_gradients()
    {
        var small = new Small();
        ProfileReport report = Recorded(() => small.Step());
        Assert.Equal((1, 5 * 12 * 2), Of("0.0 (Linear)", ProfilePhase.Forward));
        Assert.Equal((1, (5 * 12 * 2) + 20), Of("0.0 (Linear)", ProfilePhase.Backward));
        Assert.Equal((1, 5 * 8 * 2), Of("1 (Linear)", ProfilePhase.Forward));
        Assert.Equal((1, (2 * 5 * 8 * 2) + 10), Of("1 (Linear)", ProfilePhase.Backward));
        Assert.Equal((1, 20), Of("0.1 (Tanh)", ProfilePhase.Forward));
        Assert.Equal((1, 0), Of("Sequential", ProfilePhase.Forward));
        Assert.Contains(report.Modules, r => r.Name == "outside of modules" && r.Phase == ProfilePhase.Backward);     // the loss
        Assert.Equal("outside of modules", Assert.Single(report.Modules, r => r.Phase == ProfilePhase.Update).Name);

        (long, long) Of(string name, ProfilePhase phase) => (Row(report.Modules, name, phase).Calls, Row(report.Modules, name, phase).Flops);
    }

    [Fact]
    public void Times_add_up()
    {
        var small = new Small();
        ProfileReport report = Recorded(() => { for (int i = 0; i < 20; i++) small.Step(); });
        Assert.All(report.Operations.Concat(report.Modules), r => Assert.True(r.SelfSeconds >= 0 && r.TotalSeconds >= r.SelfSeconds - 1e-12, $"{r}"));
        Assert.True(report.OperationSeconds > 0 && report.ProfilingSeconds > 0 && report.OtherSeconds > 0);
        Assert.Equal(report.OperationSeconds, report.Operations.Sum(r => r.SelfSeconds), 9);
        Assert.Equal(report.OperationSeconds, report.Modules.Sum(r => r.SelfSeconds), 9);
        Assert.Equal(report.Seconds, report.OperationSeconds + report.ProfilingSeconds + report.OtherSeconds, 9);
        Assert.Equal(report.Operations.Sum(r => r.Flops), report.Modules.Sum(r => r.Flops));
        Assert.Equal(report.Operations.Sum(r => r.Bytes), report.Modules.Sum(r => r.Bytes));
        // A module's time has that of the modules inside in it.
        double inside = report.Modules.Where(r => r.Phase == ProfilePhase.Forward && r.Name is "0 (Sequential)" or "1 (Linear)").Sum(r => r.TotalSeconds);
        Assert.True(Row(report.Modules, "Sequential", ProfilePhase.Forward).TotalSeconds >= inside);
        double gradients = report.Modules.Where(r => r.Phase == ProfilePhase.Backward && r.Name is "0.0 (Linear)" or "0.1 (Tanh)").Sum(r => r.TotalSeconds);
        Assert.True(Row(report.Modules, "0 (Sequential)", ProfilePhase.Backward).TotalSeconds >= gradients - 1e-12);
        Assert.Equal(report.Operations.OrderByDescending(r => r.SelfSeconds), report.Operations);
    }

    [Fact]
    public void A_profile_changes_no_number()
    {
        var plain = new Small();
        double[] expected = [plain.Step(), plain.Step()];
        var recorded = new Small();
        double[] losses = new double[2];
        Recorded(() => losses = [recorded.Step(), recorded.Step()]);
        Assert.Equal(expected, losses);
    }

    [Fact]
    public void What_is_computed_again_is_told_apart_and_its_gradients_find_their_module()
    {
        var inner = new Linear(4, 4, new Generator(1));
        Sequential model = [new Linear(3, 4, new Generator(2)), new Checkpointed(inner), new Linear(4, 1, new Generator(3))];
        Tensor x = new Generator(4).Normal([5, 3]);
        ProfileReport report = Recorded(() => model.Call(x).Sum().Backward());
        string name = model.NamedModules().Single(m => m.Module == inner).Name + " (Linear)";
        Assert.Equal((1, 5 * 16 * 2), Counted(name, ProfilePhase.Forward));
        Assert.Equal((1, 5 * 16 * 2), Counted(name, ProfilePhase.Recomputation));
        Assert.Equal((1, (2 * 5 * 16 * 2) + 20), Counted(name, ProfilePhase.Backward));
        Assert.Equal(3, Row(report.Operations, "linear", ProfilePhase.Backward).Calls);
        Assert.Equal(1, Row(report.Operations, "checkpoint", ProfilePhase.Backward).Calls);
        Assert.Equal(report.OperationSeconds, report.Modules.Sum(r => r.SelfSeconds), 9);
        Assert.All(report.Modules.Where(r => r.Phase == ProfilePhase.Backward), r => Assert.True(r.TotalSeconds >= r.SelfSeconds - 1e-12, $"{r}"));

        (long, long) Counted(string module, ProfilePhase phase) => (Row(report.Modules, module, phase).Calls, Row(report.Modules, module, phase).Flops);
    }

    [Fact]
    public void An_optimizer_made_of_operations_has_their_cost()
    {
        Tensor w = Tensor.Ones([2, 3]).AsParameter("w");
        w.SetGrad(Tensor.From([1f, 2, 3, 5, 7, 11], [2, 3]));
        var muon = new Muon((Tensor[])[w]) { Iterations = 1 };
        ProfileReport report = Recorded(muon.Step);
        ProfileRow row = Assert.Single(report.Operations);
        Assert.Equal(("muon", ProfilePhase.Update, 1), (row.Name, row.Phase, row.Calls));
        // The three products of an iteration on [2, 3]: 2·2·3, 2·2·2 and 2·3·2 multiply-adds, and elementwise work.
        Assert.True(row.Flops > 2 * (12 + 8 + 12));
    }

    [Fact]
    public void Gradients_of_gradients_stay_with_their_module()
    {
        var layer = new Linear(3, 1, new Generator(1));
        Sequential model = [layer, new Tanh()];
        Tensor x = new Generator(2).Normal([4, 3]).RequireGrad("x");
        ProfileReport report = Recorded(() =>
        {
            Tensor slope = Gradients.Of(model.Call(x).Sum(), [x], createGraph: true)[0]!;
            slope.Square().Sum().Backward();
        });
        Assert.Equal(1, Row(report.Modules, "0 (Linear)", ProfilePhase.Forward).Calls);
        // The layer's gradient in both passes, and in the second the gradient of the product that made dx.
        Assert.Contains(report.Operations, r => r.Name == "matmul" && r.Phase == ProfilePhase.Backward);
        Assert.True(Row(report.Modules, "0 (Linear)", ProfilePhase.Backward).Calls > 2);
        Assert.DoesNotContain(report.Modules, r => r.Name == "outside of modules" && r.Phase == ProfilePhase.Backward && r.Flops > 100);
    }

    [Fact]
    public void A_graph_that_was_recorded_before_belongs_to_no_module()
    {
        var layer = new Linear(3, 2, new Generator(1));
        Tensor first = layer.Call(Tensor.Ones([4, 3])).Sum(), second = null!;
        Recorded(() => second = layer.Call(Tensor.Ones([4, 3])).Sum());
        ProfileReport report = Recorded(() =>
        {
            first.Backward();
            second.Backward();
        });
        Assert.Equal(["outside of modules"], report.Modules.Select(r => r.Name).Distinct());
        Assert.Equal(2, Row(report.Operations, "linear", ProfilePhase.Backward).Calls);
    }

    [Fact]
    public void A_mapped_function_is_recorded_as_what_runs()
    {
        Tensor a = new Generator(1).Normal([7, 2, 3]), b = new Generator(2).Normal([7, 3, 4]);
        ProfileReport report = Recorded(() => Transform.Vmap((x, y) => x.MatMul(y))(a, b));
        ProfileRow row = Row(report.Operations, "matmul", ProfilePhase.Forward);
        Assert.Equal((1, 7 * 2 * 3 * 4 * 2), (row.Calls, row.Flops));
    }

    [Fact]
    public void Rates_and_the_share_of_the_roof_are_of_the_rows_own_time()
    {
        var row = new ProfileRow("matmul", ProfilePhase.Forward, 1, TotalSeconds: 2, SelfSeconds: 0.5, Flops: 40_000_000_000, Bytes: 1_000_000_000);
        Assert.Equal((80.0, 2.0), (row.Gflops, row.GigabytesPerSecond));
        Assert.Equal(0.8, row.RoofShare(new(100, 10)));       // 80 of 100, 2 of 10
        Assert.Equal(1.0, row.RoofShare(new(100, 2)));
        Assert.Equal(0, (row with { SelfSeconds = 0 }).RoofShare(new(100, 10)));
        Assert.Equal("threads ('-1') must be greater than or equal to '1'. (Parameter 'threads')\nActual value was -1.", Assert.Throws<ArgumentOutOfRangeException>(() => Roof.Of(-1)).Message.ReplaceLineEndings("\n"));
    }
}
