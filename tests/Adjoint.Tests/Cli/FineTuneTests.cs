using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Adjoint.Cli.FineTuning;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Language;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary><c>finetune</c>: a model learns a text that it did not know, and stays as it was.</summary>
[Collection(Alone.Name)]
public sealed class FineTuneTests : IDisposable
{
    internal static readonly string[] Stories = ["--model", Llama2CTests.Stories, "--tokenizer", Llama2CTests.Tok512];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Lines of a kind that the stories do not have, no two of them alike.</summary>
    internal static string Verses(TemporaryFolder folder)
    {
        string[] who = ["And Adam", "And the sons of Noah", "And Abram", "And the king of Sodom", "And Sarai"], what = ["begat", "spake unto", "dwelt with", "journeyed toward", "hearkened unto"], whom = ["Enoch", "the LORD", "the land of Canaan", "Lot", "Pharaoh", "Melchizedek"];
        IEnumerable<string> lines = Enumerable.Range(0, 150).Select(i => $"{who[i % 5]} {what[i / 5 % 5]} {whom[i / 25]}, and it was so.");
        return folder.Write("verses.txt", System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }

    Task<ToolRun> FineTune(params string[] args) => ToolRun.Of(["finetune", .. Stories, "--data", Verses(_folder), "--out", _folder.File("out"), "--context", "32", "--batch", "8", .. args], TestContext.Current.CancellationToken);

    JsonNode Json(string name = "run.json") => JsonNode.Parse(File.ReadAllBytes(Path.Combine(_folder.File("out"), name)))!;

    static string Sha() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Llama2CTests.Stories)));

    [Fact]
    public async Task A_text_is_learned_and_the_model_stays_as_it_was()
    {
        string before = Sha();
        ToolRun run = await FineTune("--lora", "r=4,alpha=8,targets=q_proj+v_proj,dropout=0.05", "--steps", "40");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(before, Sha());
        JsonNode record = Json();
        Assert.Equal((before, before), ((string?)record["base"]!["sha256"]!["stories260K.bin"], (string?)record["base"]!["sha256_after"]!["stories260K.bin"]));
        Assert.Contains($"sha256    {before}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"sha256    {before}, as before\n", run.Output, StringComparison.Ordinal);
        // Five blocks, two layers each: q is 64 to 64, v 64 to 32.
        Assert.Equal(5 * 4 * (64 + 64 + 64 + 32), (int)record["model"]!["parameters"]!);
        Assert.Equal(("finished", 40), ((string?)record["end"], (int)record["steps"]!));
        (double first, double last) = ((double)record["held_out"]!["before"]!, (double)record["held_out"]!["after"]!);
        Assert.InRange(last, 0, first - 1);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"held out  loss {first:0.0000} before, {last:0.0000} after: {last - first:0.0000}\n"), run.Output, StringComparison.Ordinal);
        Assert.Equal(last, record["losses"]!.AsArray().Min(l => (double)l!["held_out"]!));
        JsonNode config = Json("adapter_config.json");
        Assert.Equal(("LORA", 4, 8.0, 0.05, """["q_proj","v_proj"]"""), ((string?)config["peft_type"], (int)config["r"]!, (double)config["lora_alpha"]!, (double)config["lora_dropout"]!, config["target_modules"]!.ToJsonString()));
        Assert.All((string[])["adapter_model.safetensors", "report.html", "curves.png", "metrics.csv", "watch.json"], f => Assert.True(File.Exists(Path.Combine(_folder.File("out"), f)), f));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder.File("out")), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_loss_that_is_told_is_that_of_the_last_tokens()
    {
        Assert.Equal(0, (await FineTune("--steps", "3", "--held-out", "0.2")).Code);
        JsonNode record = Json();
        (double loss, int tokens, int rows) = HeldOut(PretrainedModel.Load(Llama2CTests.Stories).Model, 0.2);
        Assert.Equal((tokens, rows), ((int)record["text"]!["tokens"]!, (int)record["text"]!["held_out_rows"]!));
        Assert.Equal(loss, (double)record["held_out"]!["before"]!, 5);
    }

    /// <summary>The score by hand: every line behind a BOS, the last part of the tokens in rows of 32.</summary>
    (double Loss, int Tokens, int Rows) HeldOut(Layer model, double share)
    {
        Tokenizer tokenizer = Tokenizer.Load(Llama2CTests.Tok512);
        long[] tokens = [.. File.ReadLines(_folder.File("verses.txt")).SelectMany(l => tokenizer.Encode(l).Prepend(1)).Select(t => (long)t)];
        long[] held = tokens[^(int)(tokens.Length * share)..];
        using NoGrad off = NoGrad.Scope();
        (double sum, int rows) = (0, 0);
        for (int at = 0; at + 32 < held.Length; at += 32, rows++) sum += model.Call(Tensor.From(held[at..(at + 32)], [1, 32])).Flatten(0, 1).CrossEntropy(Tensor.From(held[(at + 1)..(at + 33)])).Item();
        return (sum / rows, tokens.Length, rows);
    }

    [Theory]
    [InlineData("r=4,dora", "", "use_dora")]
    [InlineData("r=4,rslora", "", "use_rslora")]
    [InlineData("r=4,targets=self_attn.o_proj+down_proj", "--quantize nf4 --schedule linear", null)]
    [InlineData("r=4", "--quantize int8 --schedule constant --warmup 2 --clip 0.5 --lr 0.01 --precision bfloat16", null)]
    public async Task Every_kind_learns(string lora, string further, string? flag)
    {
        ToolRun run = await FineTune(["--lora", lora, "--steps", "30", .. further.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        JsonNode record = Json();
        Assert.InRange((double)record["held_out"]!["after"]!, 0, (double)record["held_out"]!["before"]! - 0.7);
        if (flag is not null) Assert.True((bool)Json("adapter_config.json")[flag]!);
        Assert.Equal(0, (await ToolRun.Of(["generate", .. Stories, "--adapter", _folder.File("out"), "--tokens", "3", "--quiet"], TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_adapters_with_any_number_of_threads()
    {
        string[] args = ["--steps", "4", "--lora", "r=2,dropout=0.1", "--seed", "7", "--quiet"];
        ToolRun run = await FineTune([.. args, "--threads", "1"]);
        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
        byte[] one = File.ReadAllBytes(Path.Combine(_folder.File("out"), "adapter_model.safetensors"));
        Directory.Delete(_folder.File("out"), recursive: true);
        Assert.Equal(0, (await FineTune([.. args, "--threads", "2"])).Code);
        Assert.Equal(one, File.ReadAllBytes(Path.Combine(_folder.File("out"), "adapter_model.safetensors")));
    }

    [Fact]
    public async Task What_is_dropped_matters_while_it_learns_and_not_when_it_is_judged()
    {
        string[] args = ["--steps", "4", "--lora", "r=2,targets=q_proj+down_proj", "--quiet"];
        Assert.Equal(0, (await FineTune(args)).Code);
        (double before, double after) = ((double)Json()["held_out"]!["before"]!, (double)Json()["held_out"]!["after"]!);
        Directory.Delete(_folder.File("out"), recursive: true);
        args[3] += ",dropout=0.5";
        Assert.Equal(0, (await FineTune(args)).Code);
        Assert.Equal(before, (double)Json()["held_out"]!["before"]!);
        Assert.NotEqual(after, (double)Json()["held_out"]!["after"]!);
        // The score of the kept adapters, without dropping anything, is the one that was told.
        var model = (Llama)PretrainedModel.Load(Llama2CTests.Stories, Llama2CTests.Tok512).Model;
        Assert.NotEmpty(AdapterFile.Load(_folder.File("out"), model, new PretrainedModel(model, null, 512, 1).AdapterNames, new Generator(1)));
        model.Eval();
        Assert.Equal((double)Json()["held_out"]!["after"]!, HeldOut(model, 0.1).Loss, 5);
    }

    [Fact]
    public async Task A_machine_is_told_in_lines_of_json()
    {
        string json = _folder.File("result.json");
        ToolRun run = await FineTune("--epochs", "2", "--lora", "r=2,targets=q_proj", "--log", "json", "--log-every", "5", "--json", json);
        JsonNode[] lines = [.. run.Output.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!)];
        Assert.Equal(["start", "epoch", "epoch", "end"], lines.Select(l => (string)l["event"]!).Where(e => e is not ("step" or "finding")));
        Assert.Contains(lines, l => (string)l["event"]! == "step");
        Assert.Equal((double)lines[^1]["held_out"]!["after"]!, (double)JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!["held_out"]!["after"]!);
    }

    [Fact]
    public async Task An_interruption_keeps_what_was_learned()
    {
        ToolRun run = await ToolRun.InterruptedAt("epoch   2/", ["finetune", .. Stories, "--data", Verses(_folder), "--out", _folder.File("out"), "--context", "32", "--batch", "8", "--epochs", "500"]);
        Assert.Equal((130, ""), (run.Code, run.Error));
        JsonNode record = Json();
        Assert.Equal("interrupted", (string?)record["end"]);
        Assert.InRange((double)record["held_out"]!["after"]!, 0, (double)record["held_out"]!["before"]!);
        Llama model = (Llama)PretrainedModel.Load(Llama2CTests.Stories).Model;
        AdapterFile.Load(_folder.File("out"), model, HuggingFaceNames.Llama, new Generator(1));
        Assert.Equal(35, Lora.Layers(model).Count);
    }

    [Fact]
    public async Task Without_held_out_tokens_the_last_epoch_is_kept()
    {
        ToolRun run = await FineTune("--epochs", "2", "--held-out", "0", "--lora", "r=2,targets=lm_head+q_proj");
        // The head of this model is its token embedding.
        Assert.Equal((2, "finetune: targets must be linear layers of the model, which are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj or all-linear, but one is 'lm_head'.\n"), (run.Code, run.Error));
        Assert.False(Directory.Exists(_folder.File("out")));
        run = await FineTune("--epochs", "2", "--held-out", "0", "--lora", "r=2,targets=q_proj");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.DoesNotContain("held out  loss", run.Output, StringComparison.Ordinal);
        Assert.Equal((2, null), ((int)Json()["best_epoch"]!, (double?)Json()["held_out"]!["after"]));
    }

    [Theory]
    [InlineData("--lora r=4,x=3", 2, "finetune: --lora must be made of parts such as r=16, alpha=32, targets=q_proj+v_proj, dropout=0.05, rslora or dora, with commas between them, but one is 'x=3'.")]
    [InlineData("--lora r=4,r=5", 2, "finetune: a part of --lora must come once, but 'r' comes twice in 'r=4,r=5'.")]
    [InlineData("--lora r=0", 2, "finetune: r of --lora must be a whole number from 1 to 65536, but it is '0'.")]
    [InlineData("--lora r=4,alpha=much", 2, "finetune: alpha of --lora must be a number above 0, but it is 'much'.")]
    [InlineData("--lora dropout=1", 2, "finetune: dropout of --lora must be a number of at least 0 and below 1, but it is '1'.")]
    [InlineData("--lora targets=q_proj++v_proj", 2, "finetune: targets of --lora must be names with + between them, such as q_proj+v_proj, but they are 'q_proj++v_proj'.")]
    [InlineData("--lora targets=c_attn", 2, "finetune: targets must be linear layers of the model, which are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj or all-linear, but one is 'c_attn'.")]
    [InlineData("--context 600", 2, "finetune: a row must fit the model's context of 512 tokens, but --context is 600.")]
    [InlineData("--held-out 1", 2, "--held-out must be a number of at least 0 and below 1, but it is '1'. Hint: adjoint finetune --help shows what is possible.")]
    [InlineData("--quantize int4", 2, "--quantize must be none, int8 or nf4, but it is 'int4'. Hint: adjoint finetune --help shows what is possible.")]
    [InlineData("--schedule steps", 2, "--schedule must be cosine, linear or constant, but it is 'steps'. Hint: adjoint finetune --help shows what is possible.")]
    [InlineData("--precision float16", 2, "--precision must be float32 or bfloat16, but it is 'float16'. Hint: adjoint finetune --help shows what is possible.")]
    [InlineData("--held-out 0.001", 1, "finetune: each part of the text must have more tokens than a row of 32, but there are 4456 to learn from and 4 held out. Hint: give more text, or a smaller --context.")]
    [InlineData("--out .", 2, "finetune: the output folder must be new or empty, but '.' holds files. Hint: name another with --out, or leave it out.")]
    [InlineData("--data nowhere.txt", 1, "finetune: --data must name a file, but 'nowhere.txt' does not exist.")]
    [InlineData("--model nowhere", 1, "finetune: a run's folder, a folder of Hugging Face or a file of llama2.c must be named, but 'nowhere' does not exist.")]
    public async Task What_cannot_be_is_told_plainly(string line, int code, string sentence)
    {
        string[] given = line.Split(' ');
        string[] all = ["--model", Llama2CTests.Stories, "--tokenizer", Llama2CTests.Tok512, "--data", Verses(_folder), "--context", "32", "--out", _folder.File("out")];
        string[] rest = [.. all.Chunk(2).Where(p => p[0] != given[0]).SelectMany(p => p)];
        ToolRun run = await ToolRun.Of(["finetune", .. rest, .. given], TestContext.Current.CancellationToken);
        Assert.Equal((code, sentence + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_text_that_is_no_utf_8_and_a_model_without_tokenizer_are_refused()
    {
        string broken = _folder.Write("broken.txt", [0x41, 0xFF]);
        Assert.Equal($"finetune: a text must be UTF-8, but '{broken}' is not.\n", (await ToolRun.Of(["finetune", .. Stories, "--data", broken], TestContext.Current.CancellationToken)).Error);
        File.Copy(Llama2CTests.Stories, _folder.File("alone.bin"));
        Assert.Equal("finetune: text needs a tokenizer, but none lies beside the model. Hint: name one with --tokenizer.\n", (await ToolRun.Of(["finetune", "--model", _folder.File("alone.bin"), "--data", Verses(_folder)], TestContext.Current.CancellationToken)).Error);
    }

    [Fact]
    public void Steps_epochs_and_rates_are_what_the_options_say()
    {
        var settings = new FineTuningSettings("model", "text", new());
        Assert.Equal((138, 3), settings.Length(46));
        Assert.Equal((400, 9), (settings with { Steps = 400 }).Length(46));
        Assert.Equal((92, 2), (settings with { Epochs = 2 }).Length(46));
        Assert.Equal((60, 2), (settings with { Epochs = 5, Steps = 60 }).Length(46));
        Schedule cosine = settings.Over(400);
        Assert.Equal((20, 0.5, 0.25), (settings.Rise(400), Math.Round(cosine.At(20, 0.5), 6), Math.Round(cosine.At(210, 0.5), 6)));
        Assert.InRange(cosine.At(0, 0.5), 0, 0.001);
        Assert.InRange(cosine.At(399, 0.5), 0, 1e-4);
        Assert.Equal(0.5, (settings with { Schedule = "constant", Warmup = 3 }).Over(10).At(9, 0.5));
        Assert.Equal(0.3, (settings with { Schedule = "linear", Warmup = 5 }).Over(10).At(7, 0.5), 9);
        Assert.Equal(0.5, (settings with { Warmup = 3 }).Over(1).At(0, 0.5));
        // 10 · 5e-5 at a width of 2000; a power of the width elsewhere.
        Assert.Equal(5e-4, FineTuningSettings.RateFor(2000), 12);
        Assert.Equal(0.0073527, FineTuningSettings.RateFor(64), 7);
    }

    [Fact]
    public void Lines_are_texts_where_there_is_a_token_to_begin_with()
    {
        Tokenizer tokenizer = Tokenizer.Load(Llama2CTests.Tok512);
        Assert.Equal([1, .. tokenizer.Encode("one"), 1, .. tokenizer.Encode(" two")], FineTuningText.Lines("one\r\n\n two\n", tokenizer, 1));
        Assert.Equal(tokenizer.Encode("one\n\ntwo"), FineTuningText.Lines("one\n\ntwo", tokenizer, null));
    }

    [Theory, InlineData("finetune"), InlineData("merge")]
    public async Task Help_ends_with_examples(string command)
    {
        ToolRun run = await ToolRun.Of([command, "--help"], TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"Examples:\n  adjoint {command} --model stories260K.bin", run.Output, StringComparison.Ordinal);
    }
}
