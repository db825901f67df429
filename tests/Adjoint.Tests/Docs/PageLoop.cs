using System.Globalization;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Docs;

/// <summary>The training loop of docs/coming-from-pytorch.md is this one: it compiles and runs.</summary>
public class PageLoop
{
    [Fact]
    public void The_loop_on_the_page_is_this_one()
    {
        string[] lines = File.ReadAllLines(Repository.Command.Find("tests/Adjoint.Tests/Docs/PageLoop.cs"));
        int from = Array.FindIndex(lines, l => l.TrimStart().StartsWith("var random = new Generator(seed: 1);", StringComparison.Ordinal)), to = Array.FindIndex(lines, l => l.TrimStart().StartsWith("ModelFile.Save(", StringComparison.Ordinal));
        string code = string.Concat(lines[from..(to + 1)].Select(l => (l.Length > 8 ? l[8..] : "") + "\n"));
        Assert.Contains($"```csharp\n{code}```\n", GeneratedPage.Read("docs/coming-from-pytorch.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void It_trains_and_saves()
    {
        var source = new Generator(2);
        Tensor images = source.Uniform([128, 784], dtype: DType.F32), labels = (images[.., 0] > 0.5).To(DType.I64);
        string folder = Directory.CreateTempSubdirectory("adjoint-page").FullName;
        try
        {
            string file = Path.Combine(folder, "model.safetensors");
            using var log = new StringWriter(CultureInfo.InvariantCulture);
            Run(new TensorDataset(images, labels), steps: 2, images, labels, log, file);
            Assert.InRange(double.Parse(log.ToString(), CultureInfo.InvariantCulture), 0, 1);
            using Adjoint.Formats.SafetensorsFile saved = Adjoint.Formats.Safetensors.Read(file);
            Assert.Equal(["0.Bias", "0.Weight", "3.Bias", "3.Weight"], saved.Names.Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Run(IDataset dataset, long steps, Tensor xTest, Tensor yTest, TextWriter log, string path)
    {
        var random = new Generator(seed: 1);
        Sequential model = [new Linear(784, 128, random), new Relu(), new Dropout(0.1, random), new Linear(128, 10, random)];
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-3);
        var schedule = new LearningRateSchedule(optimizer, new Cosine(steps));
        var loader = new DataLoader(dataset, batchSize: 64, shuffle: random.Split(0));

        foreach ((Tensor x, Tensor y) in loader)
        {
            using Scope scope = Scope.Begin("step");
            Tensor loss = model.Call(x).CrossEntropy(y);
            loss.Backward();
            GradientClip.ByNorm(model.Parameters(), 1.0);
            optimizer.Step();
            schedule.Step();
            optimizer.ZeroGrad();
        }

        model.Eval();
        using (NoGrad.Scope())
            log.WriteLine(model.Call(xTest).Argmax(1).EqualTo(yTest).To(DType.F32).Mean().Item());
        ModelFile.Save(path, model);
    }
}
