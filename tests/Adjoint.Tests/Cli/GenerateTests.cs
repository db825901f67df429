using System.Globalization;
using System.Text.Json.Nodes;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Language;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary><c>generate</c> and <c>eval --text</c>, with a published model and with one that the tool trained.</summary>
[Collection(Alone.Name)]
public sealed class GenerateTests(GenerateTests.Trained trained) : IClassFixture<GenerateTests.Trained>
{
    static string[] Stories => ["--model", Llama2CTests.Stories, "--tokenizer", Llama2CTests.Tok512];

    static Task<ToolRun> Tool(params string[] args) => ToolRun.Of(args, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Ids_of_the_likeliest_story()
    {
        ToolRun run = await Tool(["generate", .. Stories, "--temperature", "0", "--ids", "--tokens", "12"]);
        Assert.Equal((0, "403 407 261 378 432 383 286 261 376 298 315 421\n"), (run.Code, run.Output));
        Assert.Matches(@"^12 tokens, [0-9,]+\.[0-9] tokens/s\n$", run.Error);
    }

    [Fact]
    public async Task A_prompt_is_gone_on_with_and_printed_when_that_is_wanted()
    {
        string[] args = ["generate", .. Stories, "--temperature", "0", "--tokens", "9", "--prompt", "Once upon a time", "--quiet"];
        ToolRun run = await Tool(args);
        Assert.Equal((0, ", there was a little girl named\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal("Once upon a time, there was a little girl named\n", (await Tool([.. args, "--echo"])).Output);
        Assert.Matches("^403 407 261 378 432 383 286 261 376 298 315 421 [0-9]+\n$", (await Tool([.. args, "--ids", "--echo"])).Output);
        Assert.Equal(", there was a\n", (await Tool([.. args, "--stop", " little", "--stop", "girl"])).Output);
    }

    [Fact]
    public async Task A_seed_gives_the_same_text_again()
    {
        string[] args = ["generate", .. Stories, "--tokens", "30", "--quiet", "--top-k", "40", "--top-p", "0.95", "--min-p", "0.01", "--repetition-penalty", "1.1", "--temperature", "1.2"];
        string one = (await Tool([.. args, "--seed", "3"])).Output;
        Assert.Equal(one, (await Tool([.. args, "--seed", "3"])).Output);
        Assert.NotEqual(one, (await Tool([.. args, "--seed", "4"])).Output);
    }

    [Theory, InlineData("characters"), InlineData("bytes")]
    public async Task A_run_of_a_text_recipe_goes_on_with_its_text(string tokens)
    {
        ToolRun run = await Tool("generate", "--model", trained.Run(tokens), "--prompt", "the cat sat on ", "--tokens", "60", "--temperature", "0", "--quiet");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("the mat", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', run.Output);
        Assert.Equal(run.Output, (await Tool("generate", "--model", Path.Combine(trained.Run(tokens), "model.safetensors"), "--prompt", "the cat sat on ", "--tokens", "60", "--temperature", "0", "--quiet")).Output);
    }

    [Fact]
    public async Task A_run_is_scored_on_a_text()
    {
        string json = trained.Folder.File("score.json");
        ToolRun known = await Tool("eval", trained.Run("characters"), "--text", trained.Folder.File("text.txt"), "--json", json);
        Assert.Equal((0, ""), (known.Code, known.Error));
        Assert.Matches("^tokens         [0-9]+\nloss           [0-9]\\.[0-9]{6}\nperplexity     [0-9.]+\nbits per byte  [0-9.]+\n$", known.Output);
        JsonNode record = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        string text = await File.ReadAllTextAsync(trained.Folder.File("text.txt"), TestContext.Current.CancellationToken);
        // No token to begin with: all characters but the first are foretold. An umlaut is two bytes, a cat four.
        Assert.Equal(text.EnumerateRunes().Count() - 1, (int)record["tokens"]!);
        Assert.Equal((double)record["loss"]! * (int)record["tokens"]! / Math.Log(2) / new FileInfo(trained.Folder.File("text.txt")).Length, (double)record["bits_per_byte"]!, 9);
        Assert.InRange((double)record["loss"]!, 0, 1);
        Assert.Equal(known.Output, (await Tool("eval", "--model", trained.Run("characters"), "--text", trained.Folder.File("text.txt"))).Output);
    }

    [Fact]
    public async Task A_published_model_is_scored_on_a_text()
    {
        string file = trained.Folder.Write("story.txt", "Once upon a time, there was a little girl named Lily."u8.ToArray());
        ToolRun run = await Tool(["eval", .. Stories, "--text", file]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] lines = run.Output.Split('\n');
        double loss = double.Parse(lines[1][15..], CultureInfo.InvariantCulture);
        Assert.InRange(loss, 0.05, 2);
        Assert.Equal(Math.Exp(loss), double.Parse(lines[2][15..], CultureInfo.InvariantCulture), 1e-3);
    }

    [Theory]
    [InlineData("generate", 2, "Option '--model' is required. Hint: adjoint generate --help shows what is possible.")]
    [InlineData("generate --model RUN --temperature -1", 2, "--temperature must be a number of at least 0, but it is '-1'. Hint: adjoint generate --help shows what is possible.")]
    [InlineData("generate --model RUN --top-p 0", 2, "--top-p must be a number above 0 and up to 1, but it is '0'. Hint: adjoint generate --help shows what is possible.")]
    [InlineData("generate --model RUN --min-p 1.5", 2, "--min-p must be a number from 0 to 1, but it is '1.5'. Hint: adjoint generate --help shows what is possible.")]
    [InlineData("generate --model RUN --tokens 0", 2, "--tokens must be a whole number of at least 1, but it is '0'. Hint: adjoint generate --help shows what is possible.")]
    [InlineData("generate --model RUN --ids --stop x", 2, "generate: texts to stop at are looked for in text, but --ids prints none. Hint: leave out one of --stop and --ids.")]
    [InlineData("generate --model nowhere", 1, "generate: a run's folder, a folder of Hugging Face or a file of llama2.c must be named, but 'nowhere' does not exist.")]
    [InlineData("chat --model RUN --tokenizer nowhere.bin", 1, "chat: --tokenizer must name a file, but 'nowhere.bin' does not exist.")]
    [InlineData("generate --model RUN --tokenizer RUN.json", 2, "generate: a model of adjoint train brings its own tokenizer, but 'RUN.json' is named with --tokenizer. Hint: leave it out.")]
    [InlineData("generate --model RUN", 1, "generate: a text must begin with a token, but there is none, and the model has no token that texts begin with. Hint: give a prompt.")]
    [InlineData("generate --model RUN --prompt Q", 1, "tokenizer: a text must be made of the characters that the model learned from, but it holds 'Q'.")]
    [InlineData("eval", 2, "eval: one model must be named, a run or (with --text) by --model, but there is none.")]
    [InlineData("eval RUN --model RUN --text x", 2, "eval: one model must be named, a run or (with --text) by --model, but there are both.")]
    [InlineData("eval --model RUN", 2, "eval: --model is for the score of a text, but there is no --text.")]
    [InlineData("eval RUN --text nowhere.txt", 1, "eval: --text must name a file, but 'nowhere.txt' does not exist.")]
    [InlineData("chat --model RUN --template x", 2, "--template must hold {text}, but it is 'x'. Hint: adjoint chat --help shows what is possible.")]
    public async Task What_cannot_be_is_told_plainly(string line, int code, string sentence)
    {
        ToolRun run = await Tool(line.Replace("RUN", trained.Run("characters"), StringComparison.Ordinal).Split(' '));
        Assert.Equal((code, sentence.Replace("RUN", trained.Run("characters"), StringComparison.Ordinal) + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_text_that_is_no_utf_8_is_refused()
    {
        string file = trained.Folder.Write("broken.txt", [0x41, 0xFF]);
        ToolRun run = await Tool("eval", trained.Run("bytes"), "--text", file);
        Assert.Equal((1, $"eval: a text must be UTF-8, but '{file}' is not.\n"), (run.Code, run.Error));
    }

    [Theory, InlineData("generate"), InlineData("chat")]
    public async Task Help_ends_with_examples(string command)
    {
        ToolRun run = await Tool(command, "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"Examples:\n  adjoint {command} --model stories260K.bin --tokenizer tok512.bin", run.Output, StringComparison.Ordinal);
    }

    public sealed class Trained : IAsyncLifetime
    {
        public TemporaryFolder Folder { get; } = new();

        public string Run(string tokens) => Folder.File(tokens);

        public async ValueTask InitializeAsync()
        {
            await File.WriteAllTextAsync(Folder.File("text.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat; größe 🐈! ", 60)));
            foreach (string tokens in (string[])["characters", "bytes"])
            {
                string recipe = Folder.File($"{tokens}.json");
                await File.WriteAllTextAsync(recipe, $$"""
                    {
                      "name": "cats",
                      "data": { "file": "text.txt", "tokens": "{{tokens}}", "context": 32, "stride": 4, "kind": "text" },
                      "model": { "kind": "llama", "width": 32, "layers": 1, "heads": 2 },
                      "objective": { "kind": "next-token" },
                      "optimizer": { "kind": "adamw", "learningRate": 0.01 },
                      "training": { "epochs": 6, "batchSize": 16 }
                    }
                    """);
                Assert.Equal(0, (await ToolRun.Of(["train", recipe, "--out", Run(tokens), "--quiet"])).Code);
            }
        }

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            return default;
        }
    }
}
