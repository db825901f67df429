using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Adjoint.Cli.Explaining;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Explaining;
using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint explain [MODEL]</c>.</summary>
internal sealed class ExplainCommand : Command, IExampled
{
    static readonly OrderedDictionary<string, Func<Layer?>> Activations = new()
    {
        ["sigmoid"] = () => new Sigmoid(),
        ["tanh"] = () => new Tanh(),
        ["relu"] = () => new Relu(),
    };

    readonly Argument<string?> _model = new("model") { HelpName = "model", Description = "A run's folder, or a file of weights [out, in] and biases [out]; a built-in example when omitted.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _input = new("--input") { HelpName = "NUMBERS|FILE", Description = "Rows of numbers: 0.05,0.1 or, for two rows, \"0,1;1,0\"; or a CSV file." };
    readonly Option<string?> _target = new("--target") { HelpName = "NUMBERS|FILE", Description = "What should come out: numbers in the same way, or the class of each row." };
    readonly Option<string> _activation = Choice("--activation", "What stands between the layers of a file of weights.", "sigmoid", [.. Activations.Keys]);
    readonly Option<string> _last = Choice("--last", "What stands after its last layer.", "none", [.. Activations.Keys, "none"]);
    readonly Option<string> _loss = Choice("--loss", "The loss of a file of weights.", "mse", ["mse", "cross-entropy"]);
    readonly Option<double?> _rate = new("--lr") { HelpName = "X", Description = "The learning rate of the step at the end; 0.5 by default.", CustomParser = Rate };
    readonly Option<int?> _most = Shared.Count("--most", FormattableString.Invariant($"How many numbers a network may have, with its input and all results; {Explanation.MostNumbers:#,0} by default."));
    readonly Option<string?> _html = new("--html") { HelpName = "FILE", Description = "Write a page with the graph to look into, for any browser." };
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public ExplainCommand() : base("explain", "Shows backpropagation on a small network number by number: forward, loss, chain rule, step.")
    {
        Add(_model);
        foreach (Option option in (Option[])[_input, _target, _activation, _last, _loss, _rate, _most, _html, _json, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "explain",
        "explain --html backpropagation.html",
        "explain --input 0.9,0.2 --target 1,0 --lr 1",
        "explain xor.safetensors --activation tanh --input \"0,0;0,1;1,0;1,1\" --target \"0;1;1;0\"",
        "explain iris.safetensors --activation relu --loss cross-entropy --input flower.csv --target 2 --json numbers.json",
    ];

    int Run(ParseResult parsed)
    {
        (string? html, string? json) = (parsed.GetValue(_html), parsed.GetValue(_json));
        Shared.CheckFile("--html", html, Name);
        Shared.CheckFile("--json", json, Name);
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        using Scope scope = Scope.Begin("explain");
        long most = parsed.GetValue(_most) ?? Explanation.MostNumbers;
        Lesson lesson = Prepare(parsed, most);
        Explanation explained = lesson.Explain(most);
        Step step = lesson.Descend(explained, parsed.GetValue(_rate) ?? Textbook.LearningRate);
        new LessonText(screen, lesson, explained, step).Show();
        Shared.WriteJson(json, LessonRecord.Of(lesson, explained, step));
        if (html is not null)
        {
            RunFolder.Write(html, LessonPage.Of(lesson, explained, step));
            screen.Line();
            screen.Line($"page     {html}");
        }

        return Tool.Success;
    }

    Lesson Prepare(ParseResult parsed, long most)
    {
        (string? input, string? target) = (parsed.GetValue(_input), parsed.GetValue(_target));
        if (parsed.GetValue(_model) is { } model)
        {
            string last = parsed.GetValue(_last)!;
            return SavedLesson.Load(model, input, target, new(Activations[parsed.GetValue(_activation)!], last == "none" ? () => null : Activations[last], parsed.GetValue(_loss) == "cross-entropy"), most);
        }

        Tensor? x = input is null ? null : NumberRows.Read("--input", input, Textbook.Input.Count), t = target is null ? null : NumberRows.Read("--target", target, Textbook.Target.Count);
        long rows = x?.Shape[0] ?? 1, wanted = t?.Shape[0] ?? 1;
        return rows == wanted ? Textbook.Lesson(x, t)
            : throw new UsageException($"explain: input and target must have as many rows as each other, but the input has {rows} and the target {wanted}.");
    }

    static Option<string> Choice(string name, string description, string usual, string[] choices)
    {
        var option = new Option<string>(name) { HelpName = string.Join('|', choices), Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !choices.Contains(text)) result.AddError($"{name} must be {string.Join(" or ", choices)}, but it is {text.Quoted()}.");
        });
        return option;
    }

    static double? Rate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)) return rate;
        result.AddError($"--lr must be a number above 0, but it is {text.Quoted()}.");
        return null;
    }
}
