"""A run: a snapshot and a recipe become a sealed adapter, or nothing. It knows no feature.

`out` holds `snapshot` (ids, weights, the signed manifest), `checkpoints` while it runs, and in the end `adapter`.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from assent.data.ledger import canonical
from assent.errors import Cancelled, ConfigError, InputError, MissingExtra, ModelError, StoreError
from assent.training.finetune.recipe import Recipe
from assent.training.snapshot import Snapshot, take
from assent.training.snapshot import manifest as stating

if TYPE_CHECKING:
    from accelerate import PartialState

    from assent.data.facade import Store
    from assent.training.finetune.base import Base
    from assent.training.finetune.trainer import OnProgress, WeightedTrainer

SNAPSHOT, CHECKPOINTS, ADAPTER = "snapshot", "checkpoints", "adapter"
KEPT = 2
"""Checkpoints: while one is written, the one before it stands."""
IN_MANIFEST = ("name", "revision", "weights_sha256", "tokenizer_sha256", "chat_template_sha256")


def run(
    store: Store,
    snapshot: Snapshot,
    recipe: Recipe,
    out: Path,
    on_progress: OnProgress | None = None,
    cancel: Event | None = None,
) -> Path:
    """Trains on the snapshot and seals the adapter; the folder it is in.

    Goes on from the last whole checkpoint under `out`, if there is one of this snapshot and recipe. When a row may no
    longer train, the checkpoints go, the snapshot is taken again and it begins from the base. Raises Cancelled with a
    checkpoint that can be gone on from, TrainingError, StoreError, ModelError, ConsentError, InputError.
    """
    from assent.training.finetune.trainer import Progress
    from assent.training.finetune.watch import Touched, together

    state = _processes()
    _check(recipe, state)
    _private(out)
    while True:
        try:
            return _once(store, snapshot, recipe, out, state, on_progress, cancel)
        except Touched as touched:
            if on_progress and state.is_main_process:
                note = f"event {touched.event} takes rows out: from the base again, without them"
                on_progress(Progress(0, 0, note=note))
        together(state, lambda: forget(out))
        snapshot = retaken(store, recipe, out, state)


def begin(store: Store, recipe: Recipe, out: Path, *, resume: bool) -> Snapshot:
    """The snapshot of a new run, written and signed under `out`; or, to resume, the one that is there."""
    from assent.training.finetune.watch import together

    state = _processes()
    _check(recipe, state)
    if not resume:
        together(state, lambda: _new(out))
    elif not (out / SNAPSHOT).is_dir():
        raise InputError(f"{out}: holds no run to go on with; leave --resume out to begin one")
    return Snapshot.load(out / SNAPSHOT, store) if resume else retaken(store, recipe, out, state)


def is_first() -> bool:
    """Whether this is the process that speaks and writes, of those that train together."""
    return bool(_processes().is_main_process)


def retaken(store: Store, recipe: Recipe, out: Path, state: PartialState) -> Snapshot:
    """The first process takes and writes it; the others read what was written."""
    from assent.training.finetune.watch import together

    made: list[Snapshot] = []

    def first() -> None:
        made.append(take(store, recipe, seed=recipe.seed))
        made[0].save(out / SNAPSHOT)

    together(state, first)
    return made[0] if made else Snapshot.load(out / SNAPSHOT, store)


def forget(out: Path) -> None:
    """Nothing that was made of the rows stays."""
    for name in (CHECKPOINTS, ADAPTER, SNAPSHOT):
        shutil.rmtree(out / name, ignore_errors=True)


def _once(
    store: Store,
    snapshot: Snapshot,
    recipe: Recipe,
    out: Path,
    state: PartialState,
    on_progress: OnProgress | None,
    cancel: Event | None,
) -> Path:
    from assent.training.finetune.base import open_base
    from assent.training.finetune.watch import Watch, together

    watch = Watch(store, snapshot)
    together(state, watch.look)
    together(state, lambda: _same_base(snapshot, recipe))
    if not (out / SNAPSHOT).exists():  # the manifest is signed before the first step
        together(state, lambda: snapshot.save(out / SNAPSHOT))
    base = open_base(recipe)
    trainer = _trainer(base, snapshot, recipe, out, state, on_progress, cancel, watch)
    _train(trainer, out, snapshot, recipe, on_progress, cancel)
    together(state, watch.look)
    path = together(state, lambda: _seal(store, snapshot, base, trainer, out))
    try:
        together(state, watch.look)  # what was decided while it was sealed
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    together(state, lambda: shutil.rmtree(out / CHECKPOINTS, ignore_errors=True))
    return path


def _train(
    trainer: WeightedTrainer,
    out: Path,
    snapshot: Snapshot,
    recipe: Recipe,
    on_progress: OnProgress | None,
    cancel: Event | None,
) -> None:
    from assent.training.finetune import checkpoints
    from assent.training.finetune.trainer import Progress

    last = checkpoints.newest(out / CHECKPOINTS, identity(snapshot, recipe))
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    closed = getattr(trainer.data_collator, "closed", 0)
    if closed and on_progress:
        note = f"{closed} rows did not open any more when they were wanted, and were left out"
        on_progress(Progress(trainer.state.global_step, trainer.state.max_steps, note=note))
    if cancel and cancel.is_set():
        raise Cancelled(
            f"stopped after step {trainer.state.global_step} of {trainer.state.max_steps};"
            f" go on with: assent train --resume --out {out}"
        )


def _trainer(
    base: Base,
    snapshot: Snapshot,
    recipe: Recipe,
    out: Path,
    state: PartialState,
    on_progress: OnProgress | None,
    cancel: Event | None,
    watch: Any,
) -> WeightedTrainer:
    from transformers import EarlyStoppingCallback, PrinterCallback

    from assent.training.finetune import collator, schedule
    from assent.training.finetune.trainer import Passes, Progress, Reports, WeightedTrainer
    from assent.training.finetune.watch import BeforeEachStep, together

    encoder = collator.Encoder(base)
    seen, unseen = snapshot.examples("train"), snapshot.examples("held_out")
    measured, apart = together(state, lambda: (collator.measure(seen, encoder), collator.measure(unseen, encoder)))
    if measured.usable < recipe.min_rows:
        found = f"{measured.usable} rows can be learned, at least {recipe.min_rows} wanted"
        raise InputError(f"{found}; not: {_counted(measured.dropped)}")
    ids = [row.id for row in snapshot.rows if row.split == "train"]
    plan = schedule.schedule(
        ids, measured.lengths, seed=recipe.seed, epochs=recipe.epochs, batch=recipe.batch, passes=recipe.passes
    )
    if on_progress and state.is_main_process:
        note = f"{measured.usable} rows to learn, {apart.usable} held out, not learnable: {_counted(measured.dropped)}"
        on_progress(Progress(0, plan.steps, note=note))
    callbacks = [BeforeEachStep(watch, state), Reports(on_progress, cancel)]
    if apart.usable and recipe.patience:
        callbacks.append(EarlyStoppingCallback(recipe.patience))
    trainer = WeightedTrainer(
        model=base.model,
        args=_arguments(recipe, out, plan.steps, state, looks=bool(apart.usable)),
        data_collator=collator.Collator(seen, encoder),
        train_dataset=Passes(plan.passes),
        eval_dataset=Passes([]) if apart.usable else None,
        callbacks=callbacks,
        run=identity(snapshot, recipe),
        unseen=schedule.held_out(apart.lengths, max(1, recipe.batch // recipe.passes)),
        unseen_batch=collator.Collator(unseen, encoder),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(recipe: Recipe, out: Path, steps: int, state: PartialState, *, looks: bool) -> Any:
    import torch
    from transformers import TrainingArguments

    every = min(recipe.save_every, steps)
    return TrainingArguments(
        output_dir=str(out / CHECKPOINTS),
        max_steps=steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=recipe.passes // state.num_processes,
        learning_rate=recipe.rate,
        lr_scheduler_type="cosine",
        warmup_steps=round(recipe.warmup * steps),
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.clip,
        seed=recipe.seed,
        data_seed=recipe.seed,
        train_sampling_strategy="sequential",
        save_strategy="steps",
        save_steps=every,
        save_total_limit=KEPT,
        eval_strategy="steps" if looks else "no",
        eval_steps=every,
        load_best_model_at_end=looks,
        metric_for_best_model="eval_loss" if looks else None,
        greater_is_better=False if looks else None,
        restore_callback_states_from_checkpoint=True,
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to=["tensorboard"] if recipe.tensorboard else "none",
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=False,
        ddp_find_unused_parameters=False,
        ddp_backend="gloo" if state.num_processes > 1 and not torch.cuda.is_available() else None,
    )


def identity(snapshot: Snapshot, recipe: Recipe) -> dict[str, Any]:
    """What a checkpoint must be of, so that a run may go on from it."""
    whole = canonical({name: snapshot.manifest[name] for name in ("base", "rows_sha256", "ledger", "merkle_root")})
    settings = canonical(recipe.settings())
    return {"snapshot": hashlib.sha256(whole).hexdigest(), "recipe": hashlib.sha256(settings).hexdigest()}


def _seal(store: Store, snapshot: Snapshot, base: Base, trainer: WeightedTrainer, out: Path) -> Path:
    from peft import get_peft_model_state_dict

    from assent.models.adapters import seal

    config = base.model.peft_config["default"].to_dict()
    folder: Path = seal(
        out / ADAPTER,
        weights=get_peft_model_state_dict(base.model),
        config=config,
        manifest=(out / SNAPSHOT / "manifest.json").read_bytes(),
        manifest_signature=(out / SNAPSHOT / "manifest.sig").read_text(),
        consent=snapshot.consent(),
        card=_card(snapshot, trainer),
        signer=store.ledger.signer,
    )
    return folder


def _card(snapshot: Snapshot, trainer: WeightedTrainer) -> str:
    from assent.training.snapshot.taking import yield_text

    stated, state = snapshot.manifest, trainer.state
    losses = [one["eval_loss"] for one in state.log_history if "eval_loss" in one]
    held_out = f"Held-out loss {losses[0]:.4f} at the first look, {min(losses):.4f} at the best." if losses else ""
    return (
        f"# LoRA adapter of {stated['base']['name']}\n\n"
        f"Trained on {stated['counts']['train']} rows that everyone in them allowed, at ledger position"
        f" {snapshot.index}.\n{yield_text(stated['yield'])}.\n\n"
        f"{state.global_step} optimizer steps in {trainer.args.world_size} process(es). {held_out}\n\n"
        "`manifest.json` states rows, grounds, base, code and machine; `binding.json` ties it to these weights.\n"
    )


def _same_base(snapshot: Snapshot, recipe: Recipe) -> None:
    here, stated = stating.base_of(recipe.base), snapshot.manifest["base"]
    changed = [name for name in IN_MANIFEST if here.get(name) != stated.get(name)]
    if changed:
        raise ModelError(
            f"{recipe.base}: its {' and '.join(changed)} changed since the snapshot was taken;"
            " put the former base back, or begin a new run"
        )


def _check(recipe: Recipe, state: PartialState) -> None:
    from importlib.util import find_spec

    faults = []
    if recipe.passes % state.num_processes:
        faults.append(f"passes {recipe.passes}: {state.num_processes} processes share them; use a multiple of that")
    if recipe.passes > recipe.batch:
        faults.append(f"passes {recipe.passes}: above batch {recipe.batch}; a pass needs a row")
    if faults:
        raise ConfigError(faults)
    if recipe.tensorboard and not find_spec("tensorboard"):
        raise MissingExtra("tensorboard", "tensorboard: true")


def _processes() -> PartialState:
    import torch
    from accelerate import PartialState

    return PartialState(cpu=not torch.cuda.is_available())


def _new(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: is not empty; go on with --resume, or name another folder with --out")
    _private(out)


def _private(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(PermissionError):
            out.chmod(0o700)
    except OSError as error:
        raise StoreError(f"{out}: cannot be made: {error.strerror}; name another folder with --out") from error


def _counted(dropped: Any) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items())) or "none"
