using System.Globalization;
using System.Text;
using Adjoint.Language;
using Adjoint.Language.Tokenizing;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Language;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary><c>generate</c>, <c>chat</c> and <c>eval</c> with folders of Hugging Face say what the library says.</summary>
[Collection(Alone.Name)]
public sealed class FolderCommandTests : IDisposable
{
    const string Prompt = "Lily's mum said";

    readonly TemporaryFolder _folder = new();
    readonly TextReader _before = Console.In;

    public static TheoryData<string> Kinds => ["gpt2", "gpt2 in several files", "llama", "mistral"];

    public void Dispose()
    {
        Console.SetIn(_before);
        _folder.Dispose();
    }

    /// <summary>Writes a model with its tokenizer, and reads it again by the library.</summary>
    PretrainedModel Save(string kind)
    {
        bool isGpt = kind.StartsWith("gpt2", StringComparison.Ordinal);
        Tokenizer tokenizer = BpeTraining.Train(Texts.Training, 330, isGpt ? TextSplitter.Gpt2 : TextSplitter.Cl100k);
        Generator random = new(5);
        Layer model = isGpt
            ? new Gpt(new() { Vocabulary = tokenizer.Vocabulary, Context = 48, Width = 24, Layers = 2, Heads = 3 }, random)
            : new Llama(new() { Vocabulary = tokenizer.Vocabulary, Context = 48, Width = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 40, Window = kind == "mistral" ? 5 : null }, random);
        using (NoGrad.Scope())
        {
            // Where the head is the token embedding, large ones would make every token foretell itself, and biases near 1 everybody the same.
            foreach ((string name, Tensor parameter) in model.NamedParameters())
                parameter.CopyFrom(random.Normal(parameter.Shape, name.EndsWith("Norm.Weight", StringComparison.Ordinal) ? 1 : 0, name == "Tokens.Weight" ? 0.05 : 0.6));
        }

        new PretrainedModel(model, tokenizer, 48, tokenizer.Bos).Save(Folder, kind.EndsWith("files", StringComparison.Ordinal) ? 20_000 : PretrainedModel.ShardBytes);
        Assert.Equal(kind.EndsWith("files", StringComparison.Ordinal), File.Exists(Path.Combine(Folder, "model.safetensors.index.json")));
        return PretrainedModel.Load(Folder);
    }

    string Folder => _folder.File("model");

    Task<ToolRun> Tool(string command, params string[] args) => ToolRun.Of([command, "--model", Folder, .. args], TestContext.Current.CancellationToken);

    [Theory, MemberData(nameof(Kinds))]
    public async Task Generate_says_the_ids_and_the_text_of_the_library(string kind)
    {
        PretrainedModel model = Save(kind);
        IReadOnlyList<int> prompt = model.Tokenizer!.Encode(Prompt);
        // More than the context holds: the window moves.
        GenerationSettings greedy = new() { Sampling = Sampling.Greedy, Tokens = 60 }, drawn = new() { Sampling = new() { Temperature = 0.8, TopK = 20 }, Tokens = 30, Seed = 4 };
        int[] ids = [.. new TextGenerator(model).Ids(prompt, greedy)];
        ToolRun run = await Tool("generate", "--prompt", Prompt, "--temperature", "0", "--tokens", "60", "--ids", "--quiet");
        Assert.Equal((0, string.Join(' ', ids) + "\n", ""), (run.Code, run.Output, run.Error));
        Assert.True(ids.Length > 10 && ids.Distinct().Count() > 3, run.Output);

        string text = "";
        await foreach (string piece in new TextGenerator(model).Stream(Prompt, drawn, TestContext.Current.CancellationToken)) text += piece;
        run = await Tool("generate", "--prompt", Prompt, "--temperature", "0.8", "--top-k", "20", "--tokens", "30", "--seed", "4", "--quiet");
        Assert.Equal((0, text + "\n", ""), (run.Code, run.Output, run.Error));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Chat_remembers_as_a_continuation_does(string kind)
    {
        PretrainedModel model = Save(kind);
        Console.SetIn(new StringReader($"{Prompt}\nplay, play\n"));
        ToolRun run = await Tool("chat", "--temperature", "0", "--tokens", "8", "--template", "{text}");
        var text = new Continuation(model);
        string expected = "> ";
        foreach (string line in (string[])[Prompt, "play, play"])
        {
            text.Append(model.Tokenizer!.Encode(line));
            await foreach (string piece in new TextGenerator(model).Stream(text, new() { Sampling = Sampling.Greedy, Tokens = 8 }, TestContext.Current.CancellationToken)) expected += piece;
            expected += "\n> ";
        }

        Assert.Equal((0, expected + "\n", ""), (run.Code, run.Output, run.Error));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Eval_scores_a_text_as_the_library_does(string kind)
    {
        PretrainedModel model = Save(kind);
        string file = _folder.Write("text.txt", Encoding.UTF8.GetBytes(Texts.Training));
        ToolRun run = await Tool("eval", "--text", file);
        Assert.Equal((0, ""), (run.Code, run.Error));
        TextScore score = TextScore.Of(model, Texts.Training, TestContext.Current.CancellationToken);
        string[] values = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[15..])];
        Assert.Equal(score.Tokens.ToString(CultureInfo.InvariantCulture), values[0]);
        Assert.Equal(score.Loss.ToString("F6", CultureInfo.InvariantCulture), values[1]);
        Assert.Equal(score.BitsPerByte(Encoding.UTF8.GetByteCount(Texts.Training)), double.Parse(values[3], CultureInfo.InvariantCulture), 1e-3);
    }
}
