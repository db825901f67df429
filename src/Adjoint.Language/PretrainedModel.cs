using Adjoint.Nn;

namespace Adjoint.Language;

/// <summary>A language model from a file or folder, with what it takes to use it.</summary>
/// <param name="Model">Ids [B, T] to scores [B, T, V]: a <see cref="Models.Gpt"/> or a <see cref="Models.Llama"/>.</param>
/// <param name="Tokenizer">Its tokenizer; null where there is none.</param>
/// <param name="Context">The most tokens of a row.</param>
/// <param name="Bos">The token that every text begins with; null where there is none.</param>
public sealed record PretrainedModel(Layer Model, Tokenizer? Tokenizer, long Context, int? Bos);
