#:project ../../src/Adjoint.Language
#:property PublishAot=false
// Writes small models and tokenizers for read-folders.mjs: dotnet run write-folders.cs FOLDER
using System.Text.Json;
using Adjoint;
using Adjoint.Language;
using Adjoint.Models;
using Adjoint.Nn;

LlamaSettings llama = new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 20 };
Write("gpt", new Gpt(new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 3 }, new Generator(1)));
Write("gpt-without-biases", new Gpt(new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 3, FeedForward = 40, Bias = false }, new Generator(1)));
Write("llama-adjacent", new Llama(llama, new Generator(2)));
Write("llama-tied-scaled", new Llama(llama with { TiedHead = true, Rope = new() { Theta = 500, Pairs = RopePairs.Halves, Scaling = new(8, 1, 4, 64) } }, new Generator(3)));
Write("mistral", new Llama(llama with { Window = 6 }, new Generator(2)));
Write("gpt-in-files", new Gpt(new() { Vocabulary = 29, Context = 32, Width = 24, Layers = 2, Heads = 3 }, new Generator(1)), 9000);
Write("llama-in-files", new Llama(llama, new Generator(2)), 5000);

string text = string.Concat(Enumerable.Repeat("Once upon a time there was a little girl named Lily. She'd play outside, we'll see: x = 1234.5; déjà vu, 你好世界, привет!\n", 3));
string[] texts = ["Hello world", " a  b\n\n c", "Lily's time; she'll play 12345 times", "déjà vu 你好 привет", "😀abc😀 1😀2", "𝒜𝓑 𐐀𐐨 𠀀中 𝟙𝟚", "e\u0301 👨‍👩‍👧‍👦 🏳️‍🌈", "שלום مرحبا", "\0a\0", new string('a', 500), new string(' ', 300) + "x"];
WriteTokenizer("tokenizer-gpt2", BpeTraining.Train(text, 500), texts);
WriteTokenizer("tokenizer-llama3", BpeTraining.Train(text, 500, @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), texts);
string file = Path.Combine(args[0], "tokenizer-characters");
Directory.CreateDirectory(file);
CharacterTokenizer characters = CharacterTokenizer.Of(string.Concat(texts));
characters.Save(Path.Combine(file, "tokenizer.json"));
WriteIds(file, characters, texts);

void WriteTokenizer(string name, BytePairTokenizer tokenizer, string[] samples)
{
    string folder = Path.Combine(args[0], name);
    Directory.CreateDirectory(folder);
    tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
    WriteIds(folder, tokenizer, samples);
}

void WriteIds(string folder, Tokenizer tokenizer, string[] samples)
{
    File.WriteAllText(Path.Combine(folder, "texts.json"), Json(samples.Select(s => new Encoded(s, [.. tokenizer.Encode(s)])).ToArray()));
    Console.WriteLine(folder);
}

string Json<T>(T value) => JsonSerializer.Serialize(value, new JsonSerializerOptions { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() });

void Write(string name, Layer model, long shardBytes = PretrainedModel.ShardBytes)
{
    string folder = Path.Combine(args[0], name);
    Generator random = new(4);
    using NoGrad off = NoGrad.Scope();
    foreach (Tensor parameter in model.Parameters()) parameter.CopyFrom(random.Normal(parameter.Shape, parameter.Rank == 1 ? 1 : 0, 0.3));
    new PretrainedModel(model, null, 32, null).Save(folder, shardBytes);
    Tensor ids = random.Integers([1, 20], 0, 29);
    model.To(DType.F64);
    File.WriteAllText(Path.Combine(folder, "scores.json"), Json(new Expected(ids.ToArray<long>(), model.Call(ids).ToArray<double>())));
    Console.WriteLine(folder);
}

internal sealed record Expected(long[] Ids, double[] Scores);

internal sealed record Encoded(string Text, int[] Ids);
