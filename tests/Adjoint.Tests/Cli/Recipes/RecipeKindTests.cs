using System.Reflection;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;
using Module = Adjoint.Nn.Module;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>What recipes can name is what the library has, with the library's own defaults.</summary>
[Collection(Alone.Name)]
public class RecipeKindTests
{
    static Type[] Library(Type above) => [.. typeof(Tensor).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(above) && !t.IsAbstract)];

    static Sequential Model() => [new Linear(3, 4, new Generator(1)), new Tanh(), new Linear(4, 4, new Generator(1)), new Linear(4, 2, new Generator(1))];

    static Type? Named(Type[] types, string kind) => types.FirstOrDefault(t => t.Name.Equals(kind.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Every_optimizer_can_be_named_but_the_one_that_takes_a_closure()
    {
        Type[] all = Library(typeof(Optimizer));
        string[] missing = [.. all.Where(t => !Kinds.Of(typeof(OptimizerRecipe)).Any(k => Named([t], k.Kind.Name) is not null)).Select(t => t.Name)];
        Assert.Equal(["Lbfgs"], missing);
    }

    [Fact]
    public void Every_schedule_can_be_named()
    {
        string[] missing = [.. Library(typeof(Schedule)).Where(t => t.IsPublic && !Kinds.Of(typeof(ScheduleRecipe)).Any(k => Named([t], k.Kind.Name) is not null || t.Name == $"{k.Type.Name.Replace("Schedule", "", StringComparison.Ordinal)}Rate")).Select(t => t.Name)];
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_model_can_be_named()
    {
        string[] models = [.. typeof(Gpt).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Layer)) && !t.Name.EndsWith("Block", StringComparison.Ordinal)).Select(t => t.Name.ToUpperInvariant())];
        Assert.Equal(models.Append("SEQUENTIAL").Order(StringComparer.Ordinal), Kinds.Of(typeof(ModelRecipe)).Select(k => k.Kind.Name.ToUpperInvariant()).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> Optimizers => [.. Kinds.Of(typeof(OptimizerRecipe)).Select(k => k.Kind.Name)];

    [Theory, MemberData(nameof(Optimizers))]
    public void An_optimizer_has_the_librarys_defaults(string kind)
    {
        Type recipe = Kinds.Of(typeof(OptimizerRecipe)).Single(k => k.Kind.Name == kind).Type, own = Named(Library(typeof(Optimizer)), kind)!;
        ParameterInfo[] arguments = own.GetConstructors().Single(c => c.GetParameters()[0].ParameterType == typeof(IEnumerable<ParameterGroup>)).GetParameters();
        object made = Activator.CreateInstance(recipe)!;
        Assert.NotEmpty(arguments);
        foreach (ParameterInfo argument in arguments.Where(a => a.HasDefaultValue))
            Assert.Equal(argument.DefaultValue, recipe.GetProperty(char.ToUpperInvariant(argument.Name![0]) + argument.Name[1..])!.GetValue(made));
        var optimizer = (Optimizer)Activator.CreateInstance(own, [(IEnumerable<ParameterGroup>)[new([Model().Parameters()[0]])], .. arguments.Skip(1).Select(a => a.HasDefaultValue ? a.DefaultValue : 0.1)])!;
        foreach (PropertyInfo property in recipe.GetProperties().Where(p => p.Name is not ("LearningRate" or "WeightDecay" or "NoDecayOnVectors") && p.CanWrite))
            Assert.Equal(own.GetProperty(property.Name)!.GetValue(optimizer), property.GetValue(made));
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void An_optimizer_takes_a_step_and_comes_back_from_its_state(string kind)
    {
        Optimizer Built(Module model) => Texts.Parse(Texts.Digits, $"optimizer={{\"kind\": \"{kind}\", \"learningRate\": 0.01}}").Optimizer.Build(model);
        (Sequential first, Sequential second) = (Model(), Model());
        Optimizer optimizer = Built(first);
        Step(optimizer, first);
        Optimizer again = Built(second);
        second.LoadState(first.State());
        again.LoadState(optimizer.State());
        Step(optimizer, first);
        Step(again, second);
        double[] before = [.. Model().Parameters().SelectMany(p => p.ToArray<float>()).Select(v => (double)v)], after = Values(first);
        Assert.NotEqual(before, after);
        Assert.Equal(after, Values(second));

        static void Step(Optimizer optimizer, Sequential model)
        {
            using Scope scope = Scope.Begin("step");
            model.Call(new Generator(3).Normal([5, 3])).Square().Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        static double[] Values(Sequential model) => [.. model.Parameters().SelectMany(p => p.ToArray<float>()).Select(v => (double)v)];
    }

    [Fact]
    public void Muon_takes_the_hidden_matrices_alone()
    {
        Optimizer optimizer = Texts.Parse(Texts.Digits, "optimizer={\"kind\": \"muon\", \"noDecayOnVectors\": true}").Optimizer.Build(Model());
        Assert.Equal(["[4, 3] [4, 4]", "[2, 4]", "[4] [4] [2]"], optimizer.Groups.Select(g => string.Join(' ', g.Parameters.Select(p => p.Shape))));
        Assert.Equal([0.1, 0.1, 0], optimizer.Groups.Select(g => g.WeightDecay));
    }

    [Fact]
    public void Vectors_can_be_left_without_decay()
    {
        Optimizer optimizer = Texts.Parse(Texts.Digits, "optimizer={\"kind\": \"adamw\", \"weightDecay\": 0.5, \"noDecayOnVectors\": true}").Optimizer.Build(Model());
        Assert.Equal([(3, 0.5), (3, 0.0)], optimizer.Groups.Select(g => (g.Parameters.Count, g.WeightDecay)));
    }

    [Theory]
    [InlineData("{\"kind\": \"constant\"}", 1, 1, 1)]
    [InlineData("{\"kind\": \"cosine\", \"floor\": 0.5}", 1, 0.75, 0.5)]
    [InlineData("{\"kind\": \"linear\"}", 1, 0.5, 0)]
    [InlineData("{\"kind\": \"polynomial\", \"power\": 2}", 1, 0.25, 0)]
    [InlineData("{\"kind\": \"step-decay\", \"every\": 40}", 1, 0.1, 0.01)]
    [InlineData("{\"kind\": \"multi-step\", \"milestones\": [50, 60], \"factor\": 0.5}", 1, 0.5, 0.25)]
    [InlineData("{\"kind\": \"exponential\", \"factor\": 1}", 1, 1, 1)]
    [InlineData("{\"kind\": \"cosine-warm-restarts\", \"first\": 50}", 1, 1, 1)]
    [InlineData("{\"kind\": \"cyclic\", \"up\": 50}", 0.1, 1, 0.1)]
    [InlineData("{\"kind\": \"cosine\", \"warmup\": 50}", 0.001, 1, 0)]
    public void A_schedule_goes_over_the_whole_training(string json, double first, double half, double last)
    {
        Schedule schedule = Texts.Parse(Texts.Digits, $"schedule={json}").Schedule.Over(1, 100);
        Assert.Equal([first, half, last], new long[] { 0, 50, 100 }.Select(s => Math.Round(schedule.At(s, 1), 6)));
    }

    [Fact]
    public void A_warm_up_that_never_ends_is_refused() => Assert.Equal(
        "schedule: the warm-up must be shorter than the training, but it is 100 steps of 100. Hint: schedule.warmup counts steps of the optimizer.",
        Assert.Throws<ArgumentException>(() => new ConstantSchedule { Warmup = 100 }.Over(1, 100)).Message);

    [Fact]
    public void The_digits_are_trained_as_they_always_were()
    {
        Recipe recipe = BuiltIn.Find("digits", "test");
        var random = new Generator(5);
        Sequential before =
        [
            new Conv2d(1, 16, 3, random, padding: 1, bias: false), new BatchNorm(16), new Relu(),
            new Conv2d(16, 32, 3, random, padding: 1, bias: false), new BatchNorm(32), new Relu(), new MaxPool2d(2),
            new Flatten(), new Linear(32 * 4 * 4, 64, random), new Relu(), new Dropout(0.3, random), new Linear(64, 10, random),
        ];
        Layer now = recipe.Model.Build(new([1, 8, 8], Catalog.Mnist.Classes), new(5));
        Assert.Equal(before.NamedParameters().Select(p => p.Name), now.NamedParameters().Select(p => p.Name));
        Assert.All(before.Parameters().Zip(now.Parameters()), p => Assert.Equal(p.First.ToArray<float>(), p.Second.ToArray<float>()));
        Assert.Equal(before.ToString(), now.ToString());
        Assert.Equal(new OneCycle(5e-3, 1200), recipe.Schedule.Over(recipe.Optimizer.LearningRate, recipe.Training.Steps(40)));
        AdamW optimizer = Assert.IsType<AdamW>(recipe.Optimizer.Build(now));
        Assert.Equal((5e-3, 0.01, 1), (optimizer.LearningRate, optimizer.Groups[0].WeightDecay, optimizer.Groups.Count));
        Assert.Equal((30, 32), (recipe.Training.Epochs, recipe.Training.BatchSize));
        Assert.IsType<RandomCrop>(Assert.Single(recipe.Data.Changes));
    }
}
