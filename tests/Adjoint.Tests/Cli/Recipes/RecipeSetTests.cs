using Adjoint.Cli.Recipes;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary><c>--set</c> changes any part of a recipe.</summary>
public class RecipeSetTests
{
    [Fact]
    public void A_value_is_JSON_or_else_a_text()
    {
        Recipe recipe = Texts.Parse(Texts.Digits, "training.epochs=5", "training.precision=bfloat16-mixed", "training.nanGuard=true", "optimizer.learningRate=1e-3", "name=\"quoted\"", "summary=a=b, 7");
        Assert.Equal((5, "bfloat16-mixed", true), (recipe.Training.Epochs, recipe.Training.Precision, recipe.Training.NanGuard));
        Assert.Equal((1e-3, "quoted", "a=b, 7"), (recipe.Optimizer.LearningRate, recipe.Name, recipe.Summary));
    }

    [Fact]
    public void Entries_of_lists_and_whole_parts_are_replaced()
    {
        Recipe recipe = Texts.Parse(Texts.Digits, "model.layers[1].out=32", "optimizer={\"learningRate\": 0.5, \"kind\": \"lion\"}", "model.layers[0]={\"kind\":\"flatten\",\"start\":2}");
        var layers = ((SequentialModel)recipe.Model).Layers;
        Assert.Equal((32, 2), (((LinearLayer)layers[1]).Out, ((FlattenLayer)layers[0]).Start));
        Assert.Equal(0.5, Assert.IsType<LionOptimizer>(recipe.Optimizer).LearningRate);
    }

    [Fact]
    public void The_last_word_counts_and_null_takes_away()
    {
        Recipe recipe = Texts.Parse(Texts.Digits, "training.epochs=5", "training.epochs=6", "training.batchSize=null", "schedule.kind=cosine", "schedule.warmup=3");
        Assert.Equal((6, new TrainingRecipe().BatchSize), (recipe.Training.Epochs, recipe.Training.BatchSize));
        Assert.Equal(3, Assert.IsType<CosineSchedule>(recipe.Schedule).Warmup);
    }

    [Fact]
    public void What_is_written_reads_as_the_same()
    {
        foreach ((string name, string? preset) in BuiltIn.Names.SelectMany(n => BuiltIn.Presets(n).DefaultIfEmpty<string?>(null).Select(p => (n, p))))
        {
            string text = Adjoint.Cli.Recipes.Files.RecipeFile.Text(BuiltIn.Find(name, "test", preset));
            Assert.Equal(text, Adjoint.Cli.Recipes.Files.RecipeFile.Text(Texts.Parse(text)));
        }
    }
}
