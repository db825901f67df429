using Adjoint.Cli;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>A damaged recipe is read, or refused in a sentence; nothing else happens.</summary>
public class RecipeMutationTests
{
    static readonly string[] Words = ["null", "-1", "0", "1e999", "1e5", "{}", "[]", "\"\"", "\"\\ud800\"", "true", "\"kind\"", "99999999999999999999", "[[[", "}", ",", "\"kind\": \"residual\", \"body\": [", "/*", "\u0000", "NaN"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_thousand_mutations_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        int read = 0, refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] text = Mutated(BuiltIn.Bytes(BuiltIn.Names[i % BuiltIn.Names.Count], null, "test"), random);
            try
            {
                Recipe recipe = RecipeFile.Parse(text, "recipe.json", random.Next(4) == 0 ? [new Override("--set x", RandomPath(random), Words[random.Next(Words.Length)])] : null);
                Assert.NotEmpty(RecipeFile.Text(recipe));
                read++;
            }
            catch (Exception e) when (e is FormatException or UsageException)
            {
                Assert.Matches("^(recipe\\.json|--set x)[:,] ", e.Message);
                refused++;
            }
        }

        Assert.True(read > 10 && refused > 100, $"{read} were read and {refused} refused");
    }

    static byte[] Mutated(byte[] text, Random random)
    {
        List<byte> bytes = [.. text];
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length), length)); break;
                case 3: bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)])); break;
                case 4: Exchange(bytes, random); break;
                default: if (random.Next(8) == 0) bytes.RemoveRange(at, bytes.Count - at - 1); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Another value in place of one: what is most likely to be read.</summary>
    static void Exchange(List<byte> bytes, Random random)
    {
        int[] colons = [.. Enumerable.Range(0, bytes.Count).Where(i => bytes[i] == ':')];
        if (colons.Length == 0) return;
        int from = colons[random.Next(colons.Length)] + 1, to = from;
        while (to < bytes.Count && bytes[to] is not ((byte)',' or (byte)'}' or (byte)'\n')) to++;
        bytes.RemoveRange(from, to - from);
        bytes.InsertRange(from, System.Text.Encoding.UTF8.GetBytes(random.Next(2) == 0 ? Words[random.Next(Words.Length)] : random.Next(1, 9).ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    static string RandomPath(Random random) => ((string[])["training.epochs", "model.layers[0].out", "name", "model", "data.kind", "schedule.warmup", "nothing.at.all", "$schema"])[random.Next(8)];
}
