using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>A line through the origin, whose every epoch can be computed by hand: one batch an epoch, x = 1, y = 1, so that w becomes 1 − 0.9ⁿ.</summary>
[Collection(Alone.Name)]
public sealed class TrainerTests
{
    const double Rate = 0.05;

    readonly Linear _line = new(1, 1, new Generator(1), bias: false);

    public TrainerTests()
    {
        using NoGrad off = NoGrad.Scope();
        _line.Weight.Fill(0);
    }

    Trainer Trainer => new(_line, new Sgd(_line.Parameters(), Rate), Objective.Regression);

    [Fact]
    public void Every_epoch_is_one_pass()
    {
        var steps = new List<(int Epoch, long Step, bool Completed)>();
        TrainingResult result = Trainer.Fit(Points(1, rows: 5, batch: 2), options: new() { Epochs = 2 }, progress: new Each(p => steps.Add((p.Epoch, p.Batch, p.Completed is not null))), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([(1, 1L, false), (1, 2, false), (1, 3, false), (1, 3, true), (2, 1, false), (2, 2, false), (2, 3, false), (2, 3, true)], steps);
        Assert.Equal((TrainingEnd.Finished, 2), (result.End, result.Best!.Epoch));
        // The first steps' losses are 1, 0.81 and 0.6561; the last batch has one row, the others two.
        Assert.Equal((1 + 1 + 0.81 + 0.81 + 0.6561) / 5, result.Epochs[0].Train.Loss, 6);
        Assert.Equal((5, null), (result.Epochs[0].Train.Rows, result.Epochs[0].Train.Accuracy));
    }

    [Fact]
    public void Several_batches_make_one_step_of_all_their_rows()
    {
        // Batches of 2, 2 and 1 rows: the last counts for one row, and w moves as with all five at once.
        TrainingResult result = Trainer.Fit(Points(1, rows: 5, batch: 2), options: new() { Epochs = 3, AccumulateBatches = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(1 - Math.Pow(0.9, 3), _line.Weight.Item(), 6);
        Assert.Equal(1, result.Epochs[0].Train.Loss, 6);
        // Two batches, then the one that is left.
        Trainer.Fit(Points(1, rows: 5, batch: 2), options: new() { Epochs = 1, AccumulateBatches = 2 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(1 - Math.Pow(0.9, 5), _line.Weight.Item(), 6);
        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(Points(1), options: new() { AccumulateBatches = 0 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("training: a step is made of at least one batch, but accumulateBatches is 0.", error.Message);
    }

    [Fact]
    public void A_score_is_the_mean_over_all_places_that_count()
    {
        // Scores [B, T, V] of a table: rows of three places, of which the second row's first two do not count, in batches of one row.
        var table = new Embedding(2, 3, new Generator(1));
        Tensor ids = Tensor.From([0L, 1, 0, 1, 0, 1], [2, 3]), targets = Tensor.From([0L, 1, 2, -100, -100, 1], [2, 3]);
        var trainer = new Trainer(table, new Sgd(table.Parameters(), Rate), Objective.NextToken());
        Score score = trainer.Evaluate(new(new TensorDataset(ids, targets), 1), TestContext.Current.CancellationToken);
        Score together = trainer.Evaluate(new(new TensorDataset(ids, targets), 2), TestContext.Current.CancellationToken);
        double whole = table.Call(ids).Flatten(0, -2).CrossEntropy(targets.Flatten()).Item();
        Assert.Equal((2, 2), (score.Rows, together.Rows));
        Assert.Equal(whole, score.Loss, 6);
        Assert.Equal(whole, together.Loss, 6);
    }

    [Fact]
    public void Gradients_are_limited_by_value_and_then_by_norm()
    {
        // The gradient is −2: limited to −½ it moves w by 0.05·½, and then by norm to −¼ by half of that.
        Trainer.Fit(Points(1), options: new() { Epochs = 1, MaxGradientValue = 0.5 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Rate * 0.5, _line.Weight.Item(), 6);
        Trainer.Fit(Points(1), options: new() { Epochs = 1, MaxGradientValue = 0.5, MaxGradientNorm = 0.25 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Rate * 0.75, _line.Weight.Item(), 6);
        var error = Assert.Throws<ArgumentException>(() => Trainer.Fit(Points(1), options: new() { MaxGradientValue = 0 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("training: the largest gradient value must be above 0, but it is 0.", error.Message);
    }

    [Fact]
    public void Stopping_early_restores_the_best_weights()
    {
        // Validation wants ½: 1 − 0.9⁷ ≈ 0.522 is nearest to it.
        TrainingResult result = Trainer.Fit(Points(1), Points(0.5), new() { Epochs = 100, Patience = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((TrainingEnd.StoppedEarly, 7, 10), (result.End, result.Best!.Epoch, result.Epochs.Count));
        Assert.Equal(1 - Math.Pow(0.9, 7), _line.Weight.Item(), 5);
        Assert.Equal(result.Best.Validation!.Loss, Trainer.Evaluate(Points(0.5), TestContext.Current.CancellationToken).Loss, 9);
    }

    [Fact]
    public void Without_patience_all_epochs_run_and_the_best_is_restored_all_the_same()
    {
        TrainingResult result = Trainer.Fit(Points(1), Points(0.5), new() { Epochs = 20 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((TrainingEnd.Finished, 7, 20), (result.End, result.Best!.Epoch, result.Epochs.Count));
        Assert.Equal(1 - Math.Pow(0.9, 7), _line.Weight.Item(), 5);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 2)]
    [InlineData(9, 3)]
    public void A_training_ends_after_so_many_steps_and_judges_what_it_began(int steps, int epochs)
    {
        // Three batches an epoch.
        TrainingResult result = Trainer.Fit(Points(1, rows: 3), options: new() { Epochs = 3, MaxSteps = steps }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((steps == 9 ? TrainingEnd.Finished : TrainingEnd.OutOfBudget, epochs, epochs), (result.End, result.Epochs.Count, result.Best!.Epoch));
        Assert.Equal(1 - Math.Pow(0.9, steps), _line.Weight.Item(), 6);
    }

    [Fact]
    public void A_training_ends_when_its_time_is_over()
    {
        TrainingResult result = Trainer.Fit(Points(1, rows: 3), options: new() { Epochs = 1000, MaxTime = TimeSpan.FromMilliseconds(1) }, progress: new Each(_ => Thread.Sleep(2)), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((TrainingEnd.OutOfBudget, 1), (result.End, result.Epochs.Count));
    }

    [Fact]
    public void Steps_that_are_not_finite_are_left_out_when_that_is_wanted()
    {
        var data = new DataLoader(new TensorDataset(Tensor.From([1f, float.NaN, 1, 1e30f], [4, 1]), Tensor.Full([4, 1], 1)), 1);
        TrainingResult result = Trainer.Fit(data, options: new() { Epochs = 2, SkipNonFinite = true }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([2, 4], result.Epochs.Select(e => e.SkippedSteps));
        Assert.Equal(1 - Math.Pow(0.9, 4), _line.Weight.Item(), 6);
    }

    [Fact]
    public void More_than_ten_such_steps_in_a_row_end_it()
    {
        var data = new DataLoader(new TensorDataset(Tensor.Full([20, 1], double.NaN), Tensor.Full([20, 1], 1)), 1);
        Assert.Equal(
            "training: at most 10 steps in a row may be left out, but the gradients of 11 in a row were not finite, up to step 11. Hint: lower the learning rate, clip gradients, or look for NaN in the data.",
            Assert.Throws<NonFiniteLossException>(() => Trainer.Fit(data, options: new() { Epochs = 1, SkipNonFinite = true }, cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Equal(0, _line.Weight.Item());
    }

    [Fact]
    public void Cancelling_keeps_the_best_finished_epoch()
    {
        using var stop = new CancellationTokenSource();
        TrainingResult result = Trainer.Fit(Points(1, rows: 4, batch: 2), options: new() { Epochs = 9 }, cancellation: stop.Token, progress: new Each(p =>
        {
            if (p is { Epoch: 3, Batch: 1 }) stop.Cancel();
        }));
        Assert.Equal((TrainingEnd.Cancelled, 2, 2), (result.End, result.Best!.Epoch, result.Epochs.Count));
        Assert.Equal(1 - Math.Pow(0.9, 4), _line.Weight.Item(), 5);
    }

    [Fact]
    public void Cancelling_before_the_first_epoch_ends_leaves_no_best()
    {
        TrainingResult result = Trainer.Fit(Points(1), cancellation: new CancellationToken(canceled: true));
        Assert.Equal((TrainingEnd.Cancelled, null, 0), (result.End, result.Best, result.Epochs.Count));
        Assert.Equal(0, _line.Weight.Item());
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_training_with_its_place()
    {
        var huge = new DataLoader(new TensorDataset(Tensor.Full([1, 1], 1), Tensor.Full([1, 1], 1e30)), 1);
        Assert.Equal(
            "training: the loss must stay finite, but it is Infinity at epoch 1, step 1. Hint: lower the learning rate, clip gradients, or look for NaN in the data.",
            Assert.Throws<NonFiniteLossException>(() => Trainer.Fit(huge, cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Equal(0, _line.Weight.Item());
    }

    [Fact]
    public void Evaluating_leaves_every_module_in_its_mode()
    {
        var inner = new Sequential(new Dropout(0.5, new Generator(2)), _line);
        Sequential model = [inner, new Dropout(0.5, new Generator(3))];
        inner.Eval();
        new Trainer(model, new Sgd(model.Parameters(), Rate), Objective.Regression).Evaluate(Points(1), TestContext.Current.CancellationToken);
        Assert.Equal([true, false, false, false, true], model.Modules().Select(m => m.IsTraining));
        Assert.Null(_line.Weight.Grad);
    }

    [Fact]
    public void The_best_model_is_on_disk_as_soon_as_its_epoch_has_ended()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("best.safetensors");
        var seen = new List<double>();
        Trainer.Fit(Points(1), Points(0.5), new() { Epochs = 9, BestModel = path, Metadata = new Dictionary<string, string> { ["made"] = "here" } }, new Each(p =>
        {
            if (p.Completed is not null) seen.Add(Stored());
        }), TestContext.Current.CancellationToken);
        double[] expected = [.. Enumerable.Range(1, 9).Select(n => 1 - Math.Pow(0.9, Math.Min(n, 7)))];
        Assert.Equal(expected, seen, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([path], Directory.GetFiles(folder.Path));

        double Stored()
        {
            var again = new Linear(1, 1, new Generator(5), bias: false);
            Assert.Equal("here", ModelFile.Load(path, again)["made"]);
            return again.Weight.Item();
        }
    }

    [Fact]
    public void Accuracy_counts_rows()
    {
        // The line says class 1 for x above 0: rows 0 and 1 are wrong.
        var model = new Lambda(x => Tensor.Cat([x * 0, x], 1));
        var data = TensorDataset.Classification(Tensor.From([1f, -1, 1, 1, -1], [5, 1]), Tensor.From([0L, 1, 1, 1, 0]), 2);
        var both = new Sequential(_line, model);
        using (NoGrad.Scope()) _line.Weight.Fill(1);
        Score score = new Trainer(both, new Sgd(both.Parameters(), Rate), Objective.Classification()).Evaluate(new(data, 2), TestContext.Current.CancellationToken);
        Assert.Equal((0.6, 5), (score.Accuracy, score.Rows));
    }

    [Fact]
    public void Memory_is_flat_over_steps()
    {
        // What earlier tests forgot must not come back while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Sequential model = [new Linear(4, 16, new Generator(1)), new Relu(), new Dropout(0.2, new Generator(2)), new Linear(16, 3, new Generator(3))];
        var data = TensorDataset.Classification(new Generator(4).Normal([24, 4]), Tensor.From([.. Enumerable.Range(0, 24).Select(i => i % 3L)]), 3);
        var trainer = new Trainer(model, new AdamW(model.Parameters()), Objective.Classification());
        var live = new List<long>();
        trainer.Fit(new(data, 8, shuffle: new Generator(5)), new(data, 8), new() { Epochs = 6 }, new Each(p =>
        {
            if (p.Completed is null) live.Add(TensorMemory.LiveBytes);
        }), TestContext.Current.CancellationToken);
        // From the second epoch on: the copy of the best weights exists then.
        Assert.Equal(18, live.Count);
        Assert.Single(live.Skip(6).Distinct());
    }

    [Theory]
    [InlineData(0, null, "training: epochs must be at least 1, but it is 0.")]
    [InlineData(1, 0, "training: patience must be at least 1, but it is 0.")]
    [InlineData(1, 2, "training: stopping early needs validation data, but patience is 2 and there is none.")]
    public void Options_out_of_range_are_refused(int epochs, int? patience, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => Trainer.Fit(Points(1), options: new() { Epochs = epochs, Patience = patience }, cancellation: TestContext.Current.CancellationToken)).Message);

    static DataLoader Points(double y, int rows = 1, int batch = 1) => new(new TensorDataset(Tensor.Full([rows, 1], 1), Tensor.Full([rows, 1], y)), batch);
}
