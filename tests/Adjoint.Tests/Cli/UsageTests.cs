using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Wrong command lines earn one sentence and code 2; missing files one sentence and code 1.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("train cifar", "train: the recipe must be digits, fashion-mnist, gpt, mnist or a file that exists, but it is 'cifar'.")]
    [InlineData("train", "train: a recipe must be named (a file, digits, fashion-mnist, gpt, mnist), or a run to go on with (--resume DIR), but there is neither.")]
    [InlineData("train digits --precision f8", "--precision must be float32 or bfloat16-mixed or float16-mixed, but it is 'f8'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --checkpoint-every 0", "--checkpoint-every must be a whole number of at least 1, but it is '0'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --epochs 0", "--epochs must be a whole number of at least 1, but it is '0'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --batch-size many", "--batch-size must be a whole number of at least 1, but it is 'many'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --threads 5000", "--threads must be a whole number from 1 to 1024, but it is '5000'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --lr -1", "--lr must be a number above 0, but it is '-1'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("train digits --seed -1", "--seed must be a whole number from 0, but it is '-1'. Hint: adjoint train --help shows what is possible.")]
    [InlineData("frobnicate", "adjoint: the command must be train, finetune, merge, eval, predict, generate, chat, doctor, explain, profile, inspect, recipes, check or data, but it is 'frobnicate'. Hint: adjoint --help shows what is possible.")]
    [InlineData("predict nowhere", "predict: exactly one of --input and --index must be given, but none of them came.")]
    [InlineData("check --only nonsense", "check: --only must be part of an operation's name, but no name contains 'nonsense'.")]
    [InlineData("data fetch letters", "data: the data set must be one of mnist, fashion-mnist, cifar-10, but it is 'letters'.")]
    public async Task A_wrong_command_line_says_what_is_right(string line, string sentence)
    {
        ToolRun run = await ToolRun.Of(line.Split(' '), TestContext.Current.CancellationToken);
        Assert.Equal((2, sentence + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        ToolRun run = await ToolRun.Of(["eval", "nowhere"], TestContext.Current.CancellationToken);
        Assert.Equal((1, "eval: a run's folder or a model file must be named, but 'nowhere' does not exist. Hint: adjoint train digits makes one.\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of(["eval", folder.Write("model.safetensors", [1, 2, 3])], TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Code);
        Assert.StartsWith("safetensors: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Help_of_a_command_ends_with_examples()
    {
        ToolRun run = await ToolRun.Of(["eval", "--help"], TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            """
            Description:
              Scores a trained model on its test data, class by class where there are classes; or a language model on a
              text.

            Usage:
              adjoint eval [<run>] [options]

            Arguments:
              <run>  A run's folder, or a model.safetensors in it.

            Options:
              --model <PATH>      With --text, in place of a run: a llama2.c .bin file, or a folder with a Hugging Face
                                  checkpoint.
              --tokenizer <PATH>  The tokenizer's file, where it does not lie beside the model.
              --adapter <DIR>     A folder with adapters (adjoint finetune, or PEFT), which the model uses without being
                                  changed.
              --text <FILE>       Score a language model on this UTF-8 text.
              --lines             With --text: every line is a text of its own, as adjoint finetune reads them, where the
                                  model has a token that texts begin with.
              --data <PATH>       The file of the data, a text or a table; or a folder to look for data files in first,
                                  before $ADJOINT_DATA, the user's cache and the system's folders.
              --threads <N>       Threads to compute with; one for each processor by default. Results do not depend on it.
              --json <FILE>       Write the results to this file as JSON.
              -q, --quiet         Print nothing but errors.
              -?, -h, --help      Show help and usage information

            Examples:
              adjoint eval runs/digits-1
              adjoint eval runs/mnist-1/model.safetensors --data ~/data --json scores.json
              adjoint eval --model stories260K.bin --tokenizer tok512.bin --text story.txt
              adjoint eval --model stories260K.bin --tokenizer tok512.bin --adapter runs/finetune-1 --text story.txt

            """.ReplaceLineEndings("\n"),
            Trimmed(run.Output));
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        ToolRun run = await ToolRun.Of(["--help"], TestContext.Current.CancellationToken);
        Assert.All((string[])["train <recipe>", "eval <run>", "predict <run>", "check", "data", "adjoint train digits"], part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
    }

    // The host's name stands for the tool's where tests run, and columns are padded.
    static string Trimmed(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Replace(System.CommandLine.RootCommand.ExecutableName, "adjoint", StringComparison.Ordinal).Split('\n').Select(l => l.TrimEnd()));
}
