using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>Groups by rule: who decays, who learns how fast, and steps as a plain loop takes them.</summary>
public class ParameterGroupsTests
{
    sealed class Mixed : Layer
    {
        public Embedding Tokens { get; } = new(7, 4, new Generator(1));

        public LayerNorm Norm { get; } = new([3, 4]);       // of two axes, as its weight and bias are

        public Checkpointed Wrapped { get; } = new(new LayerNorm([3, 4]));

        public Linear Out { get; } = new(4, 2, new Generator(2));

        protected override Tensor Forward(Tensor x) => Out.Call(Wrapped.Call(Norm.Call(Tokens.Call(x))));
    }

    static Gpt SmallGpt() => new(new() { Vocabulary = 11, Context = 6, Width = 8, Layers = 3, Heads = 2 }, new Generator(1));

    static string[] NamesOf(ParameterGroup group) => [.. group.Parameters.Select(p => p.Name!)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Matrices_decay_and_norms_and_biases_do_not(bool decayEmbeddings)
    {
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Of(new Mixed(), 0.1, decayEmbeddings);
        Assert.Equal(2, groups.Count);
        ParameterGroup decayed = groups.Single(g => g.WeightDecay == 0.1), free = groups.Single(g => g.WeightDecay == 0);
        string[] tables = ["Tokens.Weight"], rest = ["Norm.Weight", "Norm.Bias", "Wrapped.Weight", "Wrapped.Bias", "Out.Bias"];
        Assert.Equal([.. decayEmbeddings ? tables : [], "Out.Weight"], NamesOf(decayed));
        Assert.Equal([.. decayEmbeddings ? [] : tables, .. rest], NamesOf(free));
        Assert.All(groups, g => Assert.Equal(1, g.RateFactor));
    }

    [Fact]
    public void Depths_come_from_the_outermost_list()
    {
        Gpt model = SmallGpt();
        OrderedDictionary<string, int> depths = ParameterGroups.Depths(model);
        Assert.Equal(model.NamedParameters().Select(p => p.Name), depths.Keys);
        // The head is tied to the tokens and counts there.
        Assert.All(depths, d => Assert.Equal(d.Key.Split('.') switch { ["Tokens" or "Positions", ..] => 0, ["Blocks", var n, ..] => int.Parse(n) + 1, ["Norm", ..] => 4, _ => -1 }, d.Value));
        Sequential layers = [new Linear(2, 3, new Generator(1)), new Relu(), new Sequential(new Linear(3, 3, new Generator(1)), new Linear(3, 3, new Generator(1))), new Linear(3, 1, new Generator(1))];
        Assert.Equal([("0.Weight", 0), ("0.Bias", 0), ("2.0.Weight", 1), ("2.0.Bias", 1), ("2.1.Weight", 1), ("2.1.Bias", 1), ("3.Weight", 2), ("3.Bias", 2)], ParameterGroups.Depths(layers).Select(d => (d.Key, d.Value)));
        // Without a list each field is a layer.
        Assert.Equal([0, 1, 1, 2, 2, 3, 3], ParameterGroups.Depths(new Mixed()).Values);
    }

    [Fact]
    public void Rates_fall_with_depth_and_every_parameter_is_in_one_group()
    {
        Gpt model = SmallGpt();
        var optimizer = new AdamW(ParameterGroups.Of(model, 0.1, layerDecay: 0.5), 0.01);
        optimizer.CheckCovers(model);
        OrderedDictionary<string, int> depths = ParameterGroups.Depths(model);
        Assert.Equal(8, optimizer.Groups.Count);        // three blocks twice, tables that decay, a norm that does not
        foreach (ParameterGroup group in optimizer.Groups)
            foreach (Tensor parameter in group.Parameters) Assert.Equal((0.01 * Math.Pow(0.5, 4 - depths[parameter.Name!]), parameter.Rank > 1 ? 0.1 : 0), (group.LearningRate, group.WeightDecay));
        // The rate that is spoken of is the common one.
        Assert.Equal(0.01, optimizer.LearningRate);
        optimizer.LearningRate = 0.04;
        Assert.Equal([0.04 / 16, 0.04], optimizer.Groups.Select(g => g.LearningRate).Order().Where((_, i) => i is 0 or 7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_are_those_of_a_plain_loop(bool ownDepths)
    {
        const double Rate = 0.2, Decay = 0.05, LayerDecay = 0.6;
        (Sequential model, Sequential plain) = (Net(), Net());
        Tensor x = new Generator(5).Normal([9, 3], dtype: DType.F64), y = new Generator(6).Normal([9, 1], dtype: DType.F64);
        Func<string, int>? depth = ownDepths ? name => name.StartsWith('0') ? 5 : 7 : null;
        var optimizer = new Sgd(ParameterGroups.Of(model, Decay, layerDecay: LayerDecay, depth: depth), Rate);
        var schedule = new LearningRateSchedule(optimizer, new OneCycle(Rate, 20));
        for (int step = 0; step < 20; step++)
        {
            (model.Call(x) - y).Square().Mean().Backward();
            optimizer.Step();
            schedule.Step();
            optimizer.ZeroGrad();

            (plain.Call(x) - y).Square().Mean().Backward();
            foreach ((string name, Tensor parameter) in plain.NamedParameters())
            {
                int below = ownDepths ? (name[0] == '0' ? 2 : 0) : name[0] switch { '0' => 2, '2' => 1, _ => 0 };
                double rate = new OneCycle(Rate, 20).At(step, double.NaN) * Math.Pow(LayerDecay, below), decay = name.EndsWith("Weight", StringComparison.Ordinal) ? Decay : 0;
                double[] w = parameter.Detach().ToArray<double>(), g = parameter.Grad!.ToArray<double>();
                using (NoGrad.Scope()) parameter.CopyFrom<double>([.. w.Zip(g, (a, b) => a - (rate * (b + (decay * a))))]);
                parameter.SetGrad(null);
            }

            foreach ((Tensor a, Tensor b) in model.Parameters().Zip(plain.Parameters())) Assert.All(a.Detach().ToArray<double>().Zip(b.Detach().ToArray<double>()), p => Assert.Equal(p.Second, p.First, 1e-12));
        }

        Assert.NotEqual(Net().Parameters()[0].Detach().ToArray<double>(), model.Parameters()[0].Detach().ToArray<double>());

        static Sequential Net()
        {
            var random = new Generator(3);
            return [new Linear(3, 4, random, dtype: DType.F64), new Tanh(), new Linear(4, 4, random, dtype: DType.F64), new Tanh(), new Linear(4, 1, random, dtype: DType.F64)];
        }
    }

    [Fact]
    public void Every_schedule_keeps_the_ratio_and_a_resume_too()
    {
        foreach (Schedule schedule in (Schedule[])[new Cosine(10, 0.01), new OneCycle(0.5, 10), new Cyclic(0.01, 0.2, 3), new StepDecay(2, 0.1), new ConstantRate(0.5).WithWarmup(4), new Exponential(0.5).Then(3, new OneCycle(0.3, 7))])
        {
            Optimizer optimizer = Two();
            var applied = new LearningRateSchedule(optimizer, schedule);
            for (int step = 0; step < 10; step++, applied.Step())
            {
                double common = schedule.At(step, 1);
                Assert.Equal([common, common * 0.25], optimizer.Groups.Select(g => g.LearningRate));
            }

            Optimizer resumed = Two();
            var again = new LearningRateSchedule(resumed, schedule);
            resumed.LoadState(optimizer.State());
            again.Position = applied.Position;
            Assert.Equal(optimizer.Groups.Select(g => g.LearningRate), resumed.Groups.Select(g => g.LearningRate));
        }

        Optimizer measured = Two();
        var plateau = new ReduceOnPlateau(measured, 0.5, patience: 0) { Floor = 0.2 };
        for (int i = 0; i < 6; i++) plateau.Step(1);
        Assert.Equal([0.2, 0.05], measured.Groups.Select(g => g.LearningRate));

        static Sgd Two() => new([new ParameterGroup([Tensor.Zeros([1]).AsParameter("a")]), new ParameterGroup([Tensor.Zeros([1]).AsParameter("b")]) { RateFactor = 0.25 }], 1);
    }

    [Fact]
    public void A_rate_of_its_own_is_what_it_says()
    {
        var group = new ParameterGroup([Tensor.Zeros([1]).AsParameter("a")]) { RateFactor = 0.5, LearningRate = 0.3 };
        var optimizer = new Sgd([group], 1);
        Assert.Equal((0.3, 0.6), (group.LearningRate, optimizer.LearningRate));
    }

    [Fact]
    public void Frozen_parameters_wait_in_their_group()
    {
        Sequential model = [new Linear(3, 4, new Generator(1)), new Linear(4, 1, new Generator(2))];
        model.Freeze("0.*");
        var optimizer = new AdamW(ParameterGroups.Of(model, 0.1, layerDecay: 0.9), 0.1);
        float[] Before(int i) => model.Parameters()[i].Detach().ToArray<float>();
        (float[] frozen, float[] trained) = (Before(0), Before(2));
        Step();
        Assert.Equal(frozen, Before(0));
        Assert.NotEqual(trained, Before(2));
        model.Unfreeze("0.*");
        Step();
        Assert.NotEqual(frozen, Before(0));

        void Step()
        {
            model.Call(Tensor.Ones([2, 3])).Square().Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    [Fact]
    public void Misuse_has_its_sentence()
    {
        Says("parameter groups: the layer decay must be above 0 and at most 1, but it is 1.5.", () => ParameterGroups.Of(new Mixed(), 0.1, layerDecay: 1.5));
        Says("parameter groups: the layer decay must be above 0 and at most 1, but it is NaN.", () => ParameterGroups.Of(new Mixed(), 0.1, layerDecay: double.NaN));
        Says("parameter groups: depths must not be below 0, but that of 'Tokens.Weight' is -1.", () => ParameterGroups.Of(new Mixed(), 0.1, layerDecay: 0.5, depth: _ => -1));
        Says("optimizer: the weight decay must be a finite number not below 0, but it is -0.1.", () => ParameterGroups.Of(new Mixed(), -0.1));
        Says("optimizer: the rate factor must be a finite number above 0, but it is 0.", () => new ParameterGroup([]) { RateFactor = 0 });

        static void Says(string sentence, Func<object> action) => Assert.Equal(sentence, Assert.Throws<ArgumentException>(action).Message);
    }
}
