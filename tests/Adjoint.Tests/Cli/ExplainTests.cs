using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Tests.Formats;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>The explain command: a built-in network, files of weights, and what is refused.</summary>
public sealed class ExplainTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Run(params string[] args) => ToolRun.Of(["explain", .. args], TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_built_in_network_is_worked_through_step_by_step()
    {
        ToolRun run = await Run();
        Assert.Equal(("", 0), (run.Error, run.Code));
        string[] parts = ["12 parameters, 1 row of input", "\nFORWARD\n", "\nHidden: z = x·Wᵀ + b, a = sigmoid(z) = 1 / (1 + exp(-z))\n", "0.15·0.05 + 0.2·0.1 + 0.35  0.3775   0.59327\n",
            "\nloss L = 0.298371\n", "\nBACKWARD\n", "squared_error  ∂y/∂x = 2 * (x - target)", "\nOutput: δ = ∂L/∂z = ∂L/∂a · ∂a/∂z, ∂a/∂z = a * (1 - a)\n",
            "w[0,0]     0.741365 · 0.186816 · 0.59327    0.082167\n", "0.138499·0.4 + (-0.0380982)·0.5  0.0363503\n", "\nHidden: δ", "w[0,0]  0.0363503 · 0.241301 · 0.05  0.000438568\n",
            "\nSTEP\nw ← w − 0.5 · ∂L/∂w\n", "Output.Weight[0,0]     0.4     0.082167  0.358916\n", "\nloss 0.298371 -> 0.280471: it falls\n"];
        int at = 0;
        foreach (string part in parts)
        {
            int found = run.Output.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' should come after character {at} of\n{run.Output}");
            at = found;
        }
    }

    [Fact]
    public async Task Another_input_another_target_and_a_step_that_is_too_long()
    {
        ToolRun run = await Run("--input", "-1,2;0.5,0.5", "--target", "1,0;0,1", "--lr", "1e3");
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("2 rows of input", run.Output, StringComparison.Ordinal);
        Assert.Matches("\nw\\[0,0\\] +0 .+\nw\\[0,0\\] +1 .+\nw\\[0,0\\] +all +sum ", run.Output);
        Assert.EndsWith(": it rises: the step was too long\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_weights_becomes_a_network_by_names_and_sizes()
    {
        // In the order of the alphabet, as many programs write: sizes say that 'out' is last and that fc10 follows fc9.
        string file = Save("net.safetensors", ("fc10.bias", [3]), ("fc10.weight", [3, 3]), ("fc9.bias", [3]), ("fc9.weight", [3, 2]), ("enter", [0]), ("out.weight", [1, 3]));
        ToolRun refused = await Run(file, "--input", "1,2", "--target", "0");
        Assert.Equal((1, $"explain: a model file must hold nothing but weights [out, in] and biases [out] of linear layers, in floating-point numbers, but 'enter' in '{file}' is F32 [0].\n"), (refused.Code, refused.Error));

        file = Save("net.safetensors", ("fc10.bias", [3]), ("fc10.weight", [3, 3]), ("fc9.bias", [3]), ("fc9.weight", [3, 2]), ("out.weight", [1, 3]));
        string json = _folder.File("net.json"), csv = _folder.File("rows.csv");
        await File.WriteAllTextAsync(csv, "a,b\n1,2\n-1,0.5\n0,3\n", TestContext.Current.CancellationToken);
        ToolRun run = await Run(file, "--activation", "tanh", "--last", "sigmoid", "--input", csv, "--target", "0;1;1", "--json", json);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("Explaining the network 2-3-3-1 of net.safetensors: 24 parameters, 3 rows of input; the loss is the mean of squared errors.\n", run.Output, StringComparison.Ordinal);
        JsonNode record = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        Assert.Equal(["fc9", "fc10", "out"], record["layers"]!.AsArray().Select(l => (string)l!["name"]!));
        Assert.Equal("a = sigmoid(z) = 1 / (1 + exp(-z))", (string)record["layers"]![2]!["activation_text"]!);
        Assert.True((double)record["loss_after_step"]! < (double)record["loss"]!);

        // The record holds all factors: their products are the gradients of the parameters in it.
        JsonNode layer = record["layers"]![0]!, weight = record["values"]![(int)record["operations"]![(int)layer["affine"]! - 1]!["inputs"]![1]!]!;
        Assert.Equal("fc9.Weight", (string)weight["name"]!);
        double[] delta = Numbers(layer["gradient"]!).Zip(Numbers(layer["derivative"]!), (g, d) => g * d).ToArray(), x = Numbers(layer["x"]!);
        for (int unit = 0; unit < 3; unit++)
            for (int input = 0; input < 2; input++)
                Assert.Equal(Enumerable.Range(0, 3).Sum(row => delta[(row * 3) + unit] * x[(row * 2) + input]), Numbers(weight["gradient"]!)[(unit * 2) + input], 12);
    }

    [Fact]
    public async Task Classes_are_targets_of_cross_entropy()
    {
        string file = Save("net.safetensors", ("0.Weight", [3, 2]), ("0.Bias", [3]));
        ToolRun run = await Run(file, "--loss", "cross-entropy", "--input", "1,2;3,4", "--target", "2;0");
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("the loss is cross entropy, the mean over rows", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n0: z = x·Wᵀ + b, a = z\n", run.Output, StringComparison.Ordinal);
        ToolRun wrong = await Run(file, "--loss", "cross-entropy", "--input", "1,2;3,4", "--target", "2;3");
        Assert.Equal((2, "explain: a class of --target must be a whole number from 0 to 2, but that of row 1 is 3.\n"), (wrong.Code, wrong.Error));
        ToolRun few = await Run(file, "--loss", "cross-entropy", "--input", "1,2;3,4", "--target", "2");
        Assert.Equal((2, "explain: --target must be one class for each row of the input, but there are 2 rows and 1 numbers.\n"), (few.Code, few.Error));
    }

    [Fact]
    public async Task A_model_that_is_too_large_is_refused_before_an_input_is_asked_for()
    {
        string run = _folder.File("run"), file = Path.Combine(run, "model.safetensors");
        Directory.CreateDirectory(run);
        Safetensors.Write(file, new Dictionary<string, Tensor> { ["Convolution.Weight"] = Tensor.Zeros([32, 1, 5, 5]), ["Output.Weight"] = Tensor.Zeros([100, 123]) }, new Dictionary<string, string> { ["recipe"] = "mnist" });
        ToolRun refused = await Run(run);
        Assert.Equal((1, $"explain: a model must have at most 10,000 numbers to be explained one by one, but '{file}' has 13,100. Hint: --most raises the limit; pages and tables then show beginnings.\n"), (refused.Code, refused.Error));

        string small = Save("small.safetensors", ("0.weight", [90, 100]));
        ToolRun rows = await Run(small, "--input", string.Join(';', Enumerable.Repeat(string.Join(',', Enumerable.Repeat("1", 100)), 10)), "--target", string.Join(';', Enumerable.Repeat(string.Join(',', Enumerable.Repeat("1", 90)), 10)));
        Assert.Equal((1, "explain: the inputs, parameters and results of an explained pass must be at most 10,000 numbers, but they are 12,702. Hint: explain a smaller model, or fewer rows.\n"), (rows.Code, rows.Error));
    }

    [Fact]
    public async Task The_model_of_a_training_is_explained_with_its_normalisation()
    {
        string file = _folder.File("model.safetensors"), json = _folder.File("digits.json"), page = _folder.File("digits.html");
        Recipe recipe = BuiltIn.Find("digits", "test");
        var facts = new DataFacts([1, 8, 8], [.. "0123456789".Select(c => $"{c}")]);
        Module<Tensor, Tensor> model = recipe.Model.Build(facts, new Generator(1));
        ModelFile.Save(file, model, SavedModel.Metadata(recipe, facts, new Normalize([0.3], [0.4]), model));
        string pixels = string.Join(',', Enumerable.Range(0, 64).Select(i => i % 17));
        ToolRun run = await Run(_folder.Path, "--input", pixels, "--target", "7", "--most", "100000", "--json", json, "--html", page, "--lr", "0.01", "--quiet");
        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
        JsonNode record = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        Assert.Equal(["8", "11"], record["layers"]!.AsArray().Select(l => (string)l!["name"]!));
        JsonNode x = record["values"]!.AsArray().Single(v => (string?)v!["name"] == "x")!;
        Assert.Equal((5.0 / 16 - 0.3) / 0.4, Numbers(x["values"]!)[5], 6);

        // The same by hand, in double.
        model.To(DType.F64);
        model.Eval();
        Tensor image = Tensor.From([.. Numbers(x["values"]!)], [1, 1, 8, 8]), loss = model.Call(image).CrossEntropy(Tensor.From([7L]));
        Assert.Equal(loss.Item(), (double)record["loss"]!, 6);
        ToolRun wide = await Run(file, "--input", "1,2", "--target", "7", "--most", "100000");
        Assert.Equal((2, "explain: a row of --input must have 64 numbers, but it has 2.\n"), (wide.Code, wide.Error));
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "a.weight 3,2 b.weight 1,4", "explain: each layer must have as many inputs as another has outputs, in a row, but those of FILE are 'a' [3, 2], 'b' [1, 4]." },
        { "a.weight 3,2 a.bias 4", "explain: a bias must have one number for each row of its weight, but 'a.bias' in FILE is [4] and the weight is [3, 2]." },
        { "a.weight 3,2 b.bias 3", "explain: a bias must have its weight, but 'b.bias' in FILE has none." },
        { "a.weight 3,2 a_weight 3,2", "explain: each layer must have one weight and at most one bias, but FILE has another one than 'a_weight'." },
        { "a.bias 3", "explain: a model file must hold weights of linear layers, but FILE has none." },
        { "a.weight 3,2,1,1", "explain: a model file must hold nothing but weights [out, in] and biases [out] of linear layers, in floating-point numbers, but 'a.weight' in FILE is F32 [3, 2, 1, 1]." },
    };

    [Theory, MemberData(nameof(Unfit))]
    public async Task A_file_that_is_no_network_says_why(string tensors, string sentence)
    {
        string[] words = tensors.Split(' ');
        string file = Save("unfit.safetensors", [.. Enumerable.Range(0, words.Length / 2).Select(i => (words[2 * i], words[(2 * i) + 1].Split(',').Select(long.Parse).ToArray()))]);
        ToolRun run = await Run(file, "--input", "1,2", "--target", "0");
        Assert.Equal((1, sentence.Replace("FILE", $"'{file}'", StringComparison.Ordinal) + "\n"), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("--input 1,2,3", "explain: a row of --input must have 2 numbers, but it has 3.")]
    [InlineData("--target 1;0", "explain: a row of --target must have 2 numbers, but it has 1.")]
    [InlineData("--input 1,2;3", "explain: the rows of --input must be equally long, but they have 2 and 1 numbers.")]
    [InlineData("--input 1,2;3,4", "explain: input and target must have as many rows as each other, but the input has 2 and the target 1.")]
    [InlineData("--input nowhere.csv", "explain: --input must be numbers (commas between columns, semicolons between rows) or a CSV file, but 'nowhere.csv' is neither.")]
    [InlineData("--input NaN,1", "explain: --input must be numbers (commas between columns, semicolons between rows) or a CSV file, but 'NaN,1' is neither.")]
    [InlineData("--activation cosine", "--activation must be sigmoid or tanh or relu, but it is 'cosine'. Hint: adjoint explain --help shows what is possible.")]
    [InlineData("--loss l1", "--loss must be mse or cross-entropy, but it is 'l1'. Hint: adjoint explain --help shows what is possible.")]
    [InlineData("--lr 0", "--lr must be a number above 0, but it is '0'. Hint: adjoint explain --help shows what is possible.")]
    public async Task A_wrong_command_line_says_what_is_right(string line, string sentence)
    {
        ToolRun run = await Run(line.Split(' '));
        Assert.Equal((2, "", sentence + "\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task What_does_not_exist_or_is_missing_is_named()
    {
        ToolRun run = await Run("nowhere");
        Assert.Equal((1, "explain: a run's folder or a model file must be named, but 'nowhere' does not exist. Hint: adjoint explain without a name shows a built-in example.\n"), (run.Code, run.Error));
        string file = Save("net.safetensors", ("0.weight", [1, 2]));
        Assert.Equal((2, "explain: a model needs an input and a target to have a gradient, but --target is missing.\n"), (await Run(file, "--input", "1,2") is var (code, _, error) ? (code, error) : default));
        string none = _folder.File("none");
        run = await Run("--html", Path.Combine(none, "page.html"));
        Assert.Equal((2, "", $"explain: the folder of --html must exist, but '{none}' does not.\n"), (run.Code, run.Output, run.Error));
    }

    string Save(string name, params (string Name, long[] Shape)[] tensors)
    {
        var random = new Generator(3);
        Safetensors.Write(_folder.File(name), tensors.ToDictionary(t => t.Name, t => random.Uniform([.. t.Shape], -1, 1)));
        return _folder.File(name);
    }

    static double[] Numbers(JsonNode array) => [.. array.AsArray().Select(n => (double)n!)];
}
