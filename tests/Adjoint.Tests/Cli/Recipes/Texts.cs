using System.Text;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>Recipes of tests, as text.</summary>
static class Texts
{
    /// <summary>A whole recipe of seventeen lines, of which parts are replaced.</summary>
    public const string Digits = """
        {
          "name": "small",
          "data": { "kind": "digits" },
          "model": {
            "kind": "sequential",
            "layers": [
              { "kind": "flatten" },
              { "kind": "linear", "in": 64, "out": 10 }
            ]
          },
          "objective": { "kind": "classification" },
          "optimizer": { "kind": "sgd", "learningRate": 0.1 },
          "training": {
            "epochs": 2,
            "batchSize": 64
          }
        }
        """;

    public static Recipe Parse(string text, params string[] sets) => RecipeFile.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")), "recipe.json", [.. sets.Select(Override.Parse)]);

    /// <summary>A recipe with one part replaced.</summary>
    public static string With(string old, string now) => Digits.Contains(old, StringComparison.Ordinal) ? Digits.Replace(old, now, StringComparison.Ordinal) : throw new ArgumentException($"'{old}' is no part of it");
}
