using System.Globalization;
using Adjoint.Formats;

namespace Adjoint.Cli.FineTuning;

/// <summary>What adapters are to be like, as <c>--lora</c> says it: <c>r=16,alpha=32,targets=q_proj+v_proj,dropout=0.05,rslora,dora</c>.</summary>
internal sealed record AdapterWords
{
    const string Parts = "r=16, alpha=32, targets=q_proj+v_proj, dropout=0.05, rslora or dora";

    public int Rank { get; init; } = 16;

    /// <summary>Twice the rank where it is not said.</summary>
    public double Alpha { get; init; }

    /// <summary>Names of Hugging Face's layers, or their ends, or <see cref="LinearTargets.All"/>.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [LinearTargets.All];

    public double Dropout { get; init; }

    public bool IsRankStabilized { get; init; }

    public bool HasMagnitudes { get; init; }

    /// <exception cref="UsageException">A part is none of these, comes twice, or has a value that cannot be.</exception>
    public static AdapterWords Parse(string text)
    {
        var words = new AdapterWords();
        HashSet<string> seen = [];
        foreach (string part in text.Split(','))
        {
            string[] pair = part.Split('=', 2);
            words = pair switch
            {
                ["r", var value] => words with { Rank = (int)Number("r", value, "a whole number from 1 to 65536", n => n is >= 1 and <= 65536 && n == Math.Floor(n)) },
                ["alpha", var value] => words with { Alpha = Number("alpha", value, "a number above 0", n => n > 0) },
                ["dropout", var value] => words with { Dropout = Number("dropout", value, "a number of at least 0 and below 1", n => n is >= 0 and < 1) },
                ["targets", var value] => words with { Targets = Names(value) },
                ["rslora"] => words with { IsRankStabilized = true },
                ["dora"] => words with { HasMagnitudes = true },
                _ => throw new UsageException($"finetune: --lora must be made of parts such as {Parts}, with commas between them, but one is {part.Quoted()}."),
            };
            if (!seen.Add(pair[0])) throw new UsageException($"finetune: a part of --lora must come once, but '{pair[0]}' comes twice in {text.Quoted()}.");
        }

        return words.Alpha > 0 ? words : words with { Alpha = 2 * words.Rank };
    }

    static double Number(string name, string text, string rule, Func<double, bool> fits) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && fits(value) ? value
            : throw new UsageException($"finetune: {name} of --lora must be {rule}, but it is {text.Quoted()}.");

    static string[] Names(string text)
    {
        string[] names = text.Split('+');
        return Array.TrueForAll(names, n => n.Length > 0) ? names : throw new UsageException($"finetune: targets of --lora must be names with + between them, such as q_proj+v_proj, but they are {text.Quoted()}.");
    }
}
