using System.CommandLine;
using System.Globalization;
using Adjoint.Cli.FineTuning;
using Adjoint.Cli.Output;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint finetune --model PATH --data FILE</c>.</summary>
internal sealed class FineTuneCommand : Command, IExampled
{
    readonly Option<string> _model = new("--model") { HelpName = "PATH", Description = "The model, which is not changed: a llama2.c .bin file, a folder with a Hugging Face checkpoint (GPT-2, Llama), or a run's folder of a text recipe.", Required = true };
    readonly Option<string?> _tokenizer = TextOptions.Tokenizer();
    readonly Option<string> _data = new("--data") { HelpName = "FILE", Description = "The UTF-8 text to learn. Where the model has a token that texts begin with, every line is a text of its own.", Required = true };
    readonly Option<string> _lora = new("--lora") { HelpName = "WORDS", Description = "What the adapters are like: r=16,alpha=32,targets=q_proj+v_proj,dropout=0.05,rslora,dora. Left out: r is 16, alpha twice r, targets all-linear (all but the head), dropout 0.", DefaultValueFactory = _ => "r=16" };
    readonly Option<string?> _out = new("--out") { HelpName = "DIR", Description = "The folder for the adapters and the record of the run, new or empty; runs/finetune-<number> by default." };
    readonly Option<int?> _steps = Shared.Count("--steps", "Steps of the optimizer.");
    readonly Option<int?> _epochs = Shared.Count("--epochs", "Passes over the text; 3 by default, where no steps are given.");
    readonly Option<int?> _batch = Shared.Count("--batch", "Rows of a step; 16 by default.", most: 1 << 20);
    readonly Option<int?> _context = Shared.Count("--context", "Tokens of a row; 128 by default, or the model's context where that is shorter.", most: 1 << 20);
    readonly Option<double?> _rate = Shared.Amount("--lr", "RATE", "The highest learning rate; by default 0.0005·(2000/width)^0.781, which suits Llamas.");
    readonly Option<string> _schedule = Choice("--schedule", "cosine", "What follows the rise of the learning rate", "cosine", "linear", "constant");
    readonly Option<int?> _warmup = Shared.Count("--warmup", "Steps of the rise; a twentieth of all by default.");
    readonly Option<double?> _clip = Shared.Amount("--clip", "NORM", "Rescale gradients whose common norm is above this; 1 by default.");
    readonly Option<double?> _heldOut = new("--held-out")
    {
        HelpName = "SHARE",
        Description = "The share of the tokens, at the end, that the adapters are judged by and do not learn from; 0.1 by default, 0: none.",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1) return value;
            result.AddError($"--held-out must be a number of at least 0 and below 1, but it is {text.Quoted()}.");
            return null;
        },
    };
    readonly Option<string> _precision = Choice("--precision", "float32", "In which type products are computed; adapters stay float32", "float32", "bfloat16");
    readonly Option<string> _quantize = Choice("--quantize", "none", "Keep the model's linear layers in 8 or 4 bits a number while the adapters learn (QLoRA)", "none", "int8", "nf4");
    readonly Option<ulong?> _seed = Shared.Seed();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<string> _log = Choice("--log", "text", "How the training is told: lines for people, or a JSON object a line for machines", "text", "json");
    readonly Option<int?> _logEvery = Shared.Count("--log-every", "With --log json: a line every N steps; 50 by default.");
    readonly Option<bool> _quiet = Shared.Quiet();

    public FineTuneCommand() : base("finetune", "Teaches a language model a text by low-rank adapters (LoRA): the model stays as it is, and a folder with the adapters is left.")
    {
        foreach (Option option in (Option[])[_model, _tokenizer, _data, _lora, _out, _steps, _epochs, _batch, _context, _rate, _schedule, _warmup, _clip, _heldOut, _precision, _quantize, _seed, _threads, _json, _log, _logEvery, _quiet]) Add(option);
        SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "finetune --model stories260K.bin --tokenizer tok512.bin --data verses.txt --lora r=8,alpha=16 --steps 400 --out runs/verses",
        "finetune --model llama-3.2-1b/ --data letters.txt --lora r=16,alpha=32,targets=q_proj+v_proj,dropout=0.05 --epochs 2 --quantize nf4",
        "finetune --model gpt2/ --data poems.txt --lora targets=c_attn,rslora --context 256 --batch 8 --precision bfloat16 --log json",
    ];

    int Run(ParseResult parsed, CancellationToken cancellation)
    {
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        AdapterWords words = AdapterWords.Parse(parsed.GetRequiredValue(_lora));
        Shared.UseThreads(parsed.GetValue(_threads));
        bool isQuiet = parsed.GetValue(_quiet), isForMachines = parsed.GetValue(_log) == "json" && !isQuiet;
        TextWriter output = parsed.InvocationConfiguration.Output;
        ITrainingDisplay display = isForMachines ? new JsonLines(output, parsed.GetValue(_logEvery) ?? 50) : new TrainingScreen(new Screen(output, isQuiet));
        return new FineTuningRun(Settings(parsed, words), display).Execute(cancellation);
    }

    FineTuningSettings Settings(ParseResult parsed, AdapterWords words)
    {
        var settings = new FineTuningSettings(parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_data), words);
        return settings with
        {
            Tokenizer = parsed.GetValue(_tokenizer),
            Out = parsed.GetValue(_out),
            Steps = parsed.GetValue(_steps),
            Epochs = parsed.GetValue(_epochs),
            Batch = parsed.GetValue(_batch) ?? settings.Batch,
            Context = parsed.GetValue(_context),
            LearningRate = parsed.GetValue(_rate),
            Schedule = parsed.GetRequiredValue(_schedule),
            Warmup = parsed.GetValue(_warmup),
            Clip = parsed.GetValue(_clip) ?? settings.Clip,
            HeldOut = parsed.GetValue(_heldOut) ?? settings.HeldOut,
            Seed = parsed.GetValue(_seed) ?? settings.Seed,
            Precision = parsed.GetValue(_precision) == "bfloat16" ? Precision.Bfloat16Mixed : Precision.Float32,
            Quantized = parsed.GetValue(_quantize) switch { "int8" => QuantizationFormat.Int8, "nf4" => QuantizationFormat.Nf4, _ => null },
            Json = parsed.GetValue(_json),
        };
    }

    /// <summary>One word of several.</summary>
    static Option<string> Choice(string name, string without, string description, params string[] words)
    {
        var option = new Option<string>(name) { HelpName = string.Join('|', words), Description = $"{description}.", DefaultValueFactory = _ => without };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !words.Contains(text)) result.AddError($"{name} must be {Recipes.Files.Words.Or(words)}, but it is {text.Quoted()}.");
        });
        return option;
    }
}
