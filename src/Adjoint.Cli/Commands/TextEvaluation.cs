using System.Text;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.Commands;

/// <summary>The score of a language model on a file.</summary>
internal static class TextEvaluation
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Scores, shows, and gives the record for --json.</summary>
    public static JsonObject Run(Screen screen, string path, string? tokenizerPath, string file, CancellationToken cancellation)
    {
        (string text, long bytes) = Read(file);
        PretrainedModel model = LanguageModelFile.Load(path, tokenizerPath, "eval");
        Tokenizer tokenizer = model.Tokenizer ?? throw new UsageException("eval: text needs a tokenizer, but none lies beside the model. Hint: name one with --tokenizer.");
        TextScore score = TextScore.Of(model.Model, tokenizer.Encode(text), model.Bos, model.Context, cancellation);
        double bits = score.BitsPerByte(bytes);
        screen.Line($"tokens         {score.Tokens}");
        screen.Line($"loss           {score.Loss:0.000000}");
        screen.Line($"perplexity     {score.Perplexity:0.0000}");
        screen.Line($"bits per byte  {bits:0.0000}");
        return new() { ["model"] = path, ["text"] = file, ["bytes"] = bytes, ["tokens"] = score.Tokens, ["loss"] = score.Loss, ["perplexity"] = score.Perplexity, ["bits_per_byte"] = bits };
    }

    static (string Text, long Bytes) Read(string file)
    {
        if (!File.Exists(file)) throw new FileNotFoundException($"eval: --text must name a file, but {file.Quoted()} does not exist.");
        byte[] bytes = File.ReadAllBytes(file);
        try
        {
            return (Strict.GetString(bytes), bytes.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"eval: a text must be UTF-8, but {file.Quoted()} is not.", e);
        }
    }
}
