"""The process that does what nobody waits for: side effects, and the sweep of what comes due.

Nothing here is lost when the process is killed: jobs that were under way are found again by
their worker's missing heartbeat, and the sweep reads its position from the database.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from datetime import UTC, datetime

SWEEP_SECONDS = 15
ROLL_SECONDS = 3600
RESCUE_SECONDS = 20
STALLED_SECONDS = 30
JOBS_AT_A_TIME = 4
logger = logging.getLogger("zhangfa.worker")


def run() -> None:
    """Work until SIGTERM or SIGINT. Ends when the database goes away; the supervisor restarts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
    import django

    django.setup()
    stop = threading.Event()
    sweeper = threading.Thread(target=sweep_for_ever, args=(stop,), name="sweep", daemon=True)
    sweeper.start()
    try:
        asyncio.run(_work())
    finally:
        stop.set()
        sweeper.join(timeout=5)


def sweep_for_ever(stop: threading.Event) -> None:
    """Look every 15 seconds at what has come due; a fault is logged and tried again. Every hour,
    duties that come back are owed for their next period."""
    from django.db import DatabaseError, connections

    from zhangfa.jobs.sweep import sweep
    from zhangfa.jobs.turn import turn

    rolled = 0.0
    while not stop.is_set():
        try:
            if not rolled or time.monotonic() - rolled > ROLL_SECONDS:
                turn(datetime.now(UTC))
                rolled = time.monotonic()
            sweep(datetime.now(UTC))
        except DatabaseError:
            logger.exception("The sweep failed; it is tried again")
        except Exception:
            # One bad row must not end the watch over all others.
            logger.exception("The sweep met a fault; it is tried again")
        finally:
            connections.close_all()
        stop.wait(SWEEP_SECONDS)


async def _work() -> None:
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            rescue = asyncio.create_task(_rescue(worker_app))
            try:
                await worker_app.run_worker_async(
                    concurrency=JOBS_AT_A_TIME,
                    install_signal_handlers=True,
                    shutdown_graceful_timeout=8,
                    delete_jobs="successful",
                )
            finally:
                rescue.cancel()


async def _rescue(app: object) -> None:
    """Hand jobs of dead workers to the living."""
    while True:
        await asyncio.sleep(RESCUE_SECONDS)
        manager = app.job_manager  # type: ignore[attr-defined]
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await manager.retry_job(job)
            logger.warning("Job %s was left by a dead worker and is done again", job.id)
