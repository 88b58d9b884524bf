PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (name TEXT PRIMARY KEY, applied REAL NOT NULL);
INSERT INTO migrations VALUES('create_runs',1795671028.98528409);
INSERT INTO migrations VALUES('create_events',1795671029.0264565944);
INSERT INTO migrations VALUES('add_turns',1795671029.0665166378);
INSERT INTO migrations VALUES('add_checksums',1795671029.1066300869);
INSERT INTO migrations VALUES('create_rebuilds',1795671029.1343605518);
CREATE TABLE runs (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            dataset_name TEXT NOT NULL,
            config TEXT NOT NULL,
            recipe TEXT NOT NULL,
            status TEXT NOT NULL,
            phase TEXT NOT NULL DEFAULT '',
            created REAL NOT NULL,
            started REAL NOT NULL DEFAULT 0,
            finished REAL NOT NULL DEFAULT 0,
            error TEXT NOT NULL DEFAULT '',
            metrics TEXT NOT NULL DEFAULT '{}',
            seconds TEXT NOT NULL DEFAULT '{}',
            progress TEXT NOT NULL DEFAULT '',
            stop_requested REAL NOT NULL DEFAULT 0,
            pid INTEGER NOT NULL DEFAULT 0,
            pid_started REAL NOT NULL DEFAULT 0
        , turn INTEGER NOT NULL DEFAULT 0, checksum INTEGER NOT NULL DEFAULT 0);
INSERT INTO runs VALUES(1,'acd02669','Old','d','Textures','{"backbone": "efficientnet_lite0", "weights": "imagenet", "image_size": 64, "preprocessing": "native", "head": {"pooling": "average", "normalize": true, "units": 0, "dropout": 0.0, "weight_decay": 0.1}, "freeze": {"trainable_blocks": 3, "head_epochs": 5}, "augmentation": {"flip": true, "rotation": 0.0, "zoom": 0.1, "shear": 0.0, "translation": 0.05, "contrast": 0.0, "brightness": 0.0, "views": 3}, "epochs": 7, "batch_size": 8, "learning_rate": 0.002, "fine_tune_learning_rate": 0.0003, "rate_decay": 0.25, "schedule": "cosine", "label_smoothing": 0.1, "class_weighting": false, "early_stopping_patience": 4, "validation_split": 0.2, "engine": "auto", "seed": 0}','fine_tune','queued','',1795671029.1918191909,0.0,0.0,'','{}','{}','',0.0,0,0.0,1,4007847853);
CREATE TABLE events (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            event TEXT NOT NULL, checksum INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (run_id, sequence)
        ) WITHOUT ROWID
        ;
CREATE TABLE rebuilds (
            number INTEGER PRIMARY KEY,
            rebuild TEXT NOT NULL,
            told INTEGER NOT NULL DEFAULT 0,
            dismissed INTEGER NOT NULL DEFAULT 0
        );
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',1);
CREATE INDEX runs_by_turn ON runs (status, turn);
COMMIT;
