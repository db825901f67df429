using System.Text.Json.Nodes;
using Adjoint.Cli.FineTuning;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Language;

namespace Adjoint.Cli.Commands;

/// <summary>The score of a language model on a file.</summary>
internal static class TextEvaluation
{
    /// <summary>Scores, shows, and gives the record for --json.</summary>
    public static JsonObject Run(Screen screen, string path, string? tokenizerPath, string? adapter, string file, bool byLine, CancellationToken cancellation)
    {
        (string text, long bytes) = FineTuningText.Read(file, "--text", "eval");
        PretrainedModel model = LanguageModelFile.Load(path, tokenizerPath, adapter, "eval");
        Tokenizer tokenizer = LanguageModelFile.TokenizerOf(model, "eval");
        TextScore score = TextScore.Of(model.Model, byLine ? FineTuningText.Lines(text, tokenizer, model.Bos) : tokenizer.Encode(text), model.Bos, model.Context, cancellation);
        double bits = score.BitsPerByte(bytes);
        screen.Line($"tokens         {score.Tokens}");
        screen.Line($"loss           {score.Loss:0.000000}");
        screen.Line($"perplexity     {score.Perplexity:0.0000}");
        screen.Line($"bits per byte  {bits:0.0000}");
        return new() { ["model"] = path, ["adapter"] = adapter, ["text"] = file, ["bytes"] = bytes, ["tokens"] = score.Tokens, ["loss"] = score.Loss, ["perplexity"] = score.Perplexity, ["bits_per_byte"] = bits };
    }
}
