using Adjoint.Cli;
using Adjoint.Language;
using Adjoint.Tests.Language;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>A conversation, of which the lines come from a text in place of a terminal.</summary>
[Collection(Alone.Name)]
public sealed class ChatTests : IDisposable
{
    readonly TextReader _before = Console.In;

    static string[] Args => ["chat", "--model", Llama2CTests.Stories, "--tokenizer", Llama2CTests.Tok512, "--temperature", "0"];

    public void Dispose() => Console.SetIn(_before);

    [Fact]
    public async Task The_model_remembers_the_conversation()
    {
        Console.SetIn(new StringReader("Once upon a time\n\nThe end.\n"));
        ToolRun run = await ToolRun.Of([.. Args, "--tokens", "9", "--template", "{text}"], TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (run.Code, run.Error));
        PretrainedModel model = PretrainedModel.Load(Llama2CTests.Stories, Llama2CTests.Tok512);
        var text = new Continuation(model);
        var settings = new GenerationSettings { Sampling = Sampling.Greedy, Tokens = 9 };
        string expected = "> ";
        foreach (string line in (string[])["Once upon a time", "The end."])
        {
            text.Append(model.Tokenizer!.Encode(line));
            await foreach (string piece in new TextGenerator(model).Stream(text, settings, TestContext.Current.CancellationToken)) expected += piece;
            // The empty line between the two gets no answer.
            expected += line[0] == 'O' ? "\n> > " : "\n> \n";
        }

        Assert.Equal(expected, run.Output);
    }

    [Fact]
    public async Task An_interruption_ends_the_answer_and_not_the_program()
    {
        Console.SetIn(new StringReader("Once upon a time\nThe end.\n"));
        var output = new Interrupting { NewLine = "\n" };
        Assert.Equal(0, await Adjoint.Cli.Tool.RunAsync([.. Args, "--tokens", "12"], output, TextWriter.Null, TestContext.Current.CancellationToken));
        string[] answers = output.ToString().Split('\n');
        Assert.Equal("> , there …", answers[0]);
        Assert.StartsWith("> ", answers[1], StringComparison.Ordinal);
        Assert.DoesNotContain('…', answers[1]);
        Assert.False(Interruption.Take());
    }

    [Fact]
    public async Task Whoever_interrupts_between_two_answers_ends_the_program()
    {
        using var stop = new CancellationTokenSource();
        using var end = new ManualResetEventSlim();
        Console.SetIn(new Waiting(stop, end));
        ToolRun run = await ToolRun.Of(Args, stop.Token);
        end.Set();
        Assert.Equal((130, "> ", "interrupted.\n"), (run.Code, run.Output, run.Error));
    }

    /// <summary>Ctrl-C as soon as the first answer has said "there".</summary>
    sealed class Interrupting : StringWriter
    {
        bool _done;

        public override void Write(string? value)
        {
            base.Write(value);
            if (_done || value?.Contains("there", StringComparison.Ordinal) != true) return;
            _done = true;
            Assert.True(Interruption.Take());
        }
    }

    /// <summary>Somebody who presses Ctrl-C in place of a line, which never comes.</summary>
    sealed class Waiting(CancellationTokenSource stop, ManualResetEventSlim end) : TextReader
    {
        public override string? ReadLine()
        {
            stop.Cancel();
            end.Wait();
            return null;
        }
    }
}
